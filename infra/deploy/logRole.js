const { GetAccountCommand } = require('@aws-sdk/client-api-gateway');
const { physicalId } = require('./stack');

/**
 * The role by which API Gateway writes logs in this account and Region, where it is not this stack's. To replace it
 * would stop the logs of other APIs, at the latest when a failed first deployment deletes the new one.
 * @returns {Promise<string | undefined>} its ARN
 */
module.exports = async (clients, stackName) => {
  const { cloudwatchRoleArn } = await clients.apiGateway.send(new GetAccountCommand({}));
  if (!cloudwatchRoleArn) return undefined;
  const own = await physicalId(clients, stackName, 'ApiGatewayLogRole');
  return cloudwatchRoleArn.split('/').at(-1) === own ? undefined : cloudwatchRoleArn;
};
