const parameters = require('./parameters');

/**
 * The role by which API Gateway writes WebSocket access logs. It is a setting of the account and Region, and a stage
 * with an access log needs it. It stays when the stack goes, or the logs of every other API in the account would stop.
 * A deployment leaves it out where the account has a role already (deploy/logRole.js).
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
      // An account without any API yet refuses the setting.
      DependsOn: ['WebsocketsApi'],
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': ['ApiGatewayLogRole', 'Arn'] } },
    },
  },
  extensions: { WebsocketsDeploymentStage: { DependsOn: ['ApiGatewayAccount'] } },
});

const template = async (context) => {
  const { apiLogRole, permissionsBoundary } = await parameters(context);
  return apiLogRole === 'exists' ? {} : create(permissionsBoundary);
};

/** Takes the role out of a service's resources, as apiLogRole=exists does. */
const leaveOut = ({ Resources, extensions }) => {
  delete Resources.ApiGatewayLogRole;
  delete Resources.ApiGatewayAccount;
  delete extensions.WebsocketsDeploymentStage.DependsOn;
};

module.exports = Object.assign(template, { leaveOut });
