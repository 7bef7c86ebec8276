const { DeleteTableCommand } = require('@aws-sdk/client-dynamodb');
const { isNamed } = require('./awsErrors');
const emptyBucket = require('./bucket');
const { physicalId, readStack } = require('./stack');

/**
 * What outlives the stack, read while it is still there.
 * @returns {Promise<{messages?: string, logRole?: string}>} the table of messages and the account's log role
 */
async function readWhatStays(clients, stackName, outputs) {
  const logRole = await physicalId(clients, stackName, 'ApiGatewayLogRole');
  return { messages: outputs.MessagesTable, ...(logRole && { logRole }) };
}

/** Makes the stack removable, and says what will stay. Nothing, where there is no stack. */
async function prepareRemoval(clients, stackName) {
  const stack = await readStack(clients, stackName);
  if (!stack) return undefined;
  const stays = await readWhatStays(clients, stackName, stack.outputs);
  // The framework empties the bucket that is its own; this one is ours.
  if (stack.outputs.PageBucketName) await emptyBucket(clients, stack.outputs.PageBucketName);
  return stays;
}

/** Deletes people's messages, by the name of the table that the stack used. */
async function deleteMessages({ dynamoDb }, table) {
  try {
    await dynamoDb.send(new DeleteTableCommand({ TableName: table }));
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
  }
}

module.exports = { prepareRemoval, deleteMessages };
