const { GetTemplateCommand, UpdateStackCommand } = require('@aws-sdk/client-cloudformation');
const { PutObjectCommand } = require('@aws-sdk/client-s3');
const { readOriginSecret, renewSecret, sendVersion } = require('./originSecret');
const { physicalId, readStack, settledStatus, whyNotNow } = require('./stack');

/**
 * A function reads the secret again at most this often (lib/aws/secretsManager/secretReader.ts): after that, all
 * functions have the new value.
 */
const NOTICED_MS = 10_000;

/**
 * Rotates the origin secret without a refused handshake. The APIs first accept the new value beside the old one, and
 * CloudFront then sends it. Only the header changes, by the template that is deployed: a rotation needs no parameter
 * and brings nothing else live.
 *
 * If a second value followed before CloudFront sends the first, its value would be neither current nor previous. Every
 * handshake would be refused.
 */
async function rotate(clients, { stackName, prefix, region, finish, tell, wait }) {
  const stack = await readStack(clients, stackName);
  if (!stack) throw new Error(`There is no stack ${stackName} in ${region}: deploy first.`);
  const problem = whyNotNow(stackName, stack.status);
  if (problem) throw new Error(problem);

  const secretArn = await physicalId(clients, stackName, 'OriginSecret');
  const { version, inStep, rollingOut } = await readOriginSecret(
    clients,
    secretArn,
    stack.outputs.DistributionId,
  );
  if (rollingOut)
    throw new Error(
      'CloudFront is still rolling out the last change: wait until the distribution is deployed.',
    );
  if (!inStep && !finish)
    throw new Error(
      'The secret was renewed before, and CloudFront does not send that value yet. Renewing it again would refuse every handshake: finish the first rotation with --finish.',
    );
  if (inStep && finish)
    throw new Error('There is no rotation to finish: CloudFront sends the current value.');

  const next = inStep ? await renewSecret(clients, secretArn) : version;
  if (inStep) {
    tell('The APIs learn the new value');
    await wait(NOTICED_MS);
  }

  tell('CloudFront learns the new value');
  await deployVersion(clients, stackName, next, prefix, region);
  await updated(clients, stackName, wait);
  return next;
}

async function deployVersion(clients, stackName, version, prefix, region) {
  const { cloudFormation, s3 } = clients;
  const { TemplateBody } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  const bucket = await physicalId(clients, stackName, 'ServerlessDeploymentBucket');
  // Where the framework keeps its own, so that it empties the bucket of this too. A template is too long to send.
  const key = `${prefix}/rotation/template.json`;
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: sendVersion(TemplateBody, version),
      ContentType: 'application/json',
    }),
  );

  await cloudFormation.send(
    new UpdateStackCommand({
      StackName: stackName,
      TemplateURL: `https://s3.${region}.amazonaws.com/${bucket}/${key}`,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    }),
  );
}

async function updated(clients, stackName, wait) {
  const status = await settledStatus(clients, stackName, wait);
  if (!/^UPDATE_COMPLETE/.test(status))
    throw new Error(
      `CloudFront did not learn the new value (${status}). It goes on sending the old one, which stays valid. See the stack's events, then finish with --finish.`,
    );
}

module.exports = { rotate, NOTICED_MS };
