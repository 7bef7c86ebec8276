const { DescribeStackResourceCommand, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
const { isNamed } = require('./awsErrors');

/** What is deployed under this name: its status and outputs. Nothing, if nothing is. */
async function readStack({ cloudFormation }, name) {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const [{ StackStatus: status, Outputs = [] }] = Stacks;
    return { status, outputs: Object.fromEntries(Outputs.map((out) => [out.OutputKey, out.OutputValue])) };
  } catch (error) {
    if (isNamed(error, 'ValidationError') && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

const POLL_MS = 5_000;

/** Waits for the end of a change; gives the status it ended in. A clean-up at the end changes nothing any more. */
async function settledStatus(clients, name, wait) {
  for (;;) {
    const status = (await readStack(clients, name))?.status ?? 'removed';
    if (!status.endsWith('_IN_PROGRESS') || status.includes('CLEANUP')) return status;
    await wait(POLL_MS);
  }
}

/** The name AWS knows a resource of the stack by. Nothing, if the stack has no such resource. */
async function physicalId({ cloudFormation }, name, logicalId) {
  try {
    const asked = { StackName: name, LogicalResourceId: logicalId };
    const { StackResourceDetail } = await cloudFormation.send(new DescribeStackResourceCommand(asked));
    return StackResourceDetail.PhysicalResourceId;
  } catch (error) {
    if (isNamed(error, 'ValidationError') && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

const stuck = {
  ROLLBACK_COMPLETE: 'Its first deploy failed: remove it, then deploy again.',
  ROLLBACK_FAILED: 'Its first deploy failed and could not be undone: remove it, then deploy again.',
  DELETE_FAILED: 'It could not be removed whole: remove it once more, then deploy again.',
  REVIEW_IN_PROGRESS: 'It was never created: remove it, then deploy again.',
  UPDATE_ROLLBACK_FAILED:
    'A change failed and could not be undone: choose "Continue update rollback" in the CloudFormation console, then deploy again.',
};

/** Why a stack in this status cannot be changed now, if it cannot. */
function whyNotNow(name, status) {
  if (stuck[status]) return `The stack ${name} is in ${status}. ${stuck[status]}`;
  if (status.endsWith('_IN_PROGRESS'))
    return `The stack ${name} is being changed (${status}). Wait until that has ended.`;
  return undefined;
}

module.exports = { readStack, physicalId, settledStatus, whyNotNow };
