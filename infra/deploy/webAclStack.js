const {
  CloudFormationClient,
  CreateStackCommand,
  UpdateStackCommand,
} = require('@aws-sdk/client-cloudformation');
const { WEB_ACL_REGION } = require('../regions');
const { ownTemplate } = require('../webAcl');
const { isNamed } = require('./awsErrors');
const { readStack, settledStatus, whyNotNow } = require('./stack');

/** The client of the one Region whose web ACLs CloudFront reads. */
const clientsThere = async (provider) => ({
  cloudFormation: new CloudFormationClient({
    ...(await provider.getAwsSdkV3Config()),
    region: WEB_ACL_REGION,
  }),
});

const nameOf = (provider) => `${provider.naming.getStackName()}-web-acl-${provider.getRegion()}`;

/**
 * The name of the small stack that has the web ACL of a stack of another Region. Nothing, if there is none, or the
 * caller may not look: a removal needs no right in that Region.
 */
async function findWebAclStack(provider) {
  if (provider.getRegion() === WEB_ACL_REGION) return undefined;
  const name = nameOf(provider);
  try {
    return (await readStack(await clientsThere(provider), name)) && name;
  } catch (error) {
    if (isNamed(error, 'AccessDenied')) return undefined;
    throw error;
  }
}

/**
 * Makes the web ACL of a stack of another Region, or brings it up to date.
 * @returns {Promise<string>} the ARN for the parameter webAclArn
 */
async function deployWebAcl(provider, wait) {
  const [stack, region] = [provider.naming.getStackName(), provider.getRegion()];
  if (region === WEB_ACL_REGION)
    throw new Error(
      `In ${WEB_ACL_REGION} the stack makes its web ACL itself: deploy with --param="webAcl=on".`,
    );
  const name = nameOf(provider);
  const clients = await clientsThere(provider);
  const before = await readStack(clients, name);
  const problem = before && whyNotNow(name, before.status);
  if (problem) throw new Error(problem);

  const made = {
    StackName: name,
    TemplateBody: JSON.stringify(ownTemplate(stack, region)),
    Tags: [{ Key: 'Stack', Value: stack }],
  };
  await change(clients, before !== undefined, made);
  const status = await settledStatus(clients, name, wait);
  if (!/^(CREATE|UPDATE)_COMPLETE/.test(status))
    throw new Error(`The stack ${name} in ${WEB_ACL_REGION} ended in ${status}: its events say why.`);
  return (await readStack(clients, name))?.outputs.WebAclArn;
}

async function change({ cloudFormation }, isThere, made) {
  if (!isThere) return cloudFormation.send(new CreateStackCommand(made));
  try {
    return await cloudFormation.send(new UpdateStackCommand(made));
  } catch (error) {
    if (isNamed(error, 'ValidationError') && /No updates/.test(error.message)) return undefined;
    throw error;
  }
}

module.exports = { deployWebAcl, findWebAclStack };
