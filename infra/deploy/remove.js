const { DeleteTableCommand, DescribeTableCommand, UpdateTableCommand } = require('@aws-sdk/client-dynamodb');
const { isNamed } = require('./awsErrors');
const emptyBucket = require('./bucket');
const { physicalId, readStack } = require('./stack');

/**
 * What of the stack outlives it, read while it is still there.
 * @returns {Promise<import('../types').Stays>}
 */
async function readWhatStays(clients, stackName, outputs) {
  const { AccessLogsBucket, MessagesTable } = outputs;
  const logRole = await physicalId(clients, stackName, 'ApiGatewayLogRole');
  return {
    messages: MessagesTable,
    ...(AccessLogsBucket && { accessLogs: AccessLogsBucket }),
    ...(logRole && { logRole }),
  };
}

/** Makes the stack removable, and says what will stay. Nothing, where there is no stack. */
async function prepareRemoval(clients, stackName, { deletesMessages, wait }) {
  const stack = await readStack(clients, stackName);
  if (!stack) return undefined;
  const { ConnectionsTable, MembersTable, MessagesTable, PageBucketName } = stack.outputs;
  if (deletesMessages && MessagesTable && (await isProtected(clients, MessagesTable)))
    throw new Error(
      `The message table ${MessagesTable} is protected: deploy with deletionProtection=off first, or leave out --delete-messages.`,
    );
  const stays = await readWhatStays(clients, stackName, stack.outputs);
  // These hold what is open now, and end with the stack.
  for (const table of [ConnectionsTable, MembersTable]) if (table) await unprotect(clients, table, wait);
  // The framework empties the bucket that is its own; this one is ours.
  if (PageBucketName) await emptyBucket(clients, PageBucketName);
  return stays;
}

/** What DynamoDB says of a table. Nothing, if the table has gone. */
async function describe({ dynamoDb }, TableName) {
  try {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    return Table;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

const isProtected = async (clients, table) =>
  (await describe(clients, table))?.DeletionProtectionEnabled === true;

const POLL_MS = 2_000;

/** Lets a table be deleted. Returns when the table takes the next change. */
async function unprotect(clients, TableName, wait) {
  if (!(await isProtected(clients, TableName))) return;
  await clients.dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  while ((await describe(clients, TableName))?.TableStatus === 'UPDATING') await wait(POLL_MS);
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
