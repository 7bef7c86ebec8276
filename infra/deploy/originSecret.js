const { randomInt, randomUUID } = require('node:crypto');
const { GetDistributionCommand } = require('@aws-sdk/client-cloudfront');
const {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} = require('@aws-sdk/client-secrets-manager');

/** The header by which CloudFront shows the APIs that a request came through it. */
const HEADER = 'x-edge-chat-origin';
/** As the stack's own secret: long, and of letters and digits only. */
const LENGTH = 48;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The text of the template that CloudFormation replaces by the secret, with or without a version. */
const reference = /\{\{resolve:secretsmanager:\$\{OriginSecret\}:SecretString(?::::[\w-]+)?\}\}/g;

/** The template with CloudFront sending this version of the secret, and nothing else changed. */
function sendVersion(template, version) {
  const changed = template.replace(
    reference,
    `{{resolve:secretsmanager:\${OriginSecret}:SecretString:::${version}}}`,
  );
  if (!changed.includes(`:::${version}}}`))
    throw new Error('The deployed stack sends no origin secret that this version knows: deploy first.');
  return changed;
}

/**
 * Which of the secret's values CloudFront sends. The values are compared, not the versions in the template. A template
 * without a version does not say which version was current when it was deployed.
 */
async function readOriginSecret({ secrets, cloudFront }, secretArn, distributionId) {
  const [current, { Distribution }] = await Promise.all([
    secrets.send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSCURRENT' })),
    cloudFront.send(new GetDistributionCommand({ Id: distributionId })),
  ]);
  const sent = headersOf(Distribution);
  return {
    version: current.VersionId,
    /** Every origin sends the current value. */
    inStep: sent.length > 0 && sent.every((value) => value === current.SecretString),
    /** Some edge locations may still send an earlier value. */
    rollingOut: Distribution.Status !== 'Deployed',
  };
}

const headersOf = ({ DistributionConfig }) =>
  DistributionConfig.Origins.Items.flatMap(({ CustomHeaders }) => CustomHeaders?.Items ?? [])
    .filter(({ HeaderName }) => HeaderName.toLowerCase() === HEADER)
    .map(({ HeaderValue }) => HeaderValue);

/** Makes a new value current. The one before stays valid, as previous; the one before that does not. */
async function renewSecret({ secrets }, secretArn) {
  const value = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const { VersionId } = await secrets.send(
    new PutSecretValueCommand({ SecretId: secretArn, ClientRequestToken: randomUUID(), SecretString: value }),
  );
  return VersionId;
}

/** Whether the APIs accept this version: the current and the previous one, no other. */
async function isAccepted({ secrets }, secretArn, version) {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
  const stages = VersionIdsToStages[version] ?? [];
  return stages.some((stage) => stage === 'AWSCURRENT' || stage === 'AWSPREVIOUS');
}

module.exports = { sendVersion, readOriginSecret, renewSecret, isAccepted };
