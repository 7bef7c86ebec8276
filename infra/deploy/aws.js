const { APIGatewayClient } = require('@aws-sdk/client-api-gateway');
const { CloudFormationClient } = require('@aws-sdk/client-cloudformation');
const { CloudFrontClient } = require('@aws-sdk/client-cloudfront');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { S3Client } = require('@aws-sdk/client-s3');
const { SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');

/**
 * Clients with the framework's own credentials, profile and Region. Where `AWS_ENDPOINT_URL` is set, they and the
 * framework's own speak to that address instead.
 * @param {import('../types').Provider} provider
 */
module.exports = async (provider) => {
  const config = await provider.getAwsSdkV3Config();
  return {
    apiGateway: new APIGatewayClient(config),
    cloudFormation: new CloudFormationClient(config),
    cloudFront: new CloudFrontClient(config),
    dynamoDb: new DynamoDBClient(config),
    s3: new S3Client(config),
    secrets: new SecretsManagerClient(config),
  };
};
