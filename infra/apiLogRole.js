const parameters = require('./parameters');

/**
 * The role by which API Gateway writes WebSocket access logs. It is a setting of the account and Region, and a stage
 * with an access log needs it. It stays when the stack goes, or the logs of every other API in the account would stop.
 * Accounts that have one already pass apiLogRole=exists.
 */
const create = (boundary) => ({
  Resources: {
    ApiGatewayLogRole: {
      Type: 'AWS::IAM::Role',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ...(boundary && { PermissionsBoundary: boundary }),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        ManagedPolicyArns: [
          {
            'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
          },
        ],
      },
    },
    ApiGatewayAccount: {
      Type: 'AWS::ApiGateway::Account',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': ['ApiGatewayLogRole', 'Arn'] } },
    },
  },
  extensions: { WebsocketsDeploymentStage: { DependsOn: ['ApiGatewayAccount'] } },
});

module.exports = async (context) => {
  const { apiLogRole, permissionsBoundary } = await parameters(context);
  return apiLogRole === 'exists' ? {} : create(permissionsBoundary);
};
