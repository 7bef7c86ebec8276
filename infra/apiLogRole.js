const parameters = require('./parameters');
const role = require('./role');

/**
 * The role by which API Gateway writes WebSocket access logs. It is a setting of the account and Region, and a stage
 * with an access log needs it. It stays when the stack goes, or the logs of every other API in the account would stop.
 * A deployment leaves it out where the account has a role already (deploy/logRole.js).
 */
const create = (boundary) => ({
  Resources: {
    ApiGatewayLogRole: {
      ...role('apigateway', boundary, {
        ManagedPolicyArns: [
          {
            'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
          },
        ],
      }),
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
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
