import { ConditionFailed } from '../../lib/aws/dynamodb/database';
import { createMeteredDatabase } from '../../lib/aws/dynamodb/meteredDatabase';

const text = (kilobytes: number) => ({ text: 'x'.repeat(kilobytes * 1024 - 4) });

it.each([
  ['nothing is there', undefined, {}, 1],
  ['the row is longer', text(5), { Item: text(3) }, 5],
  ['the row would be longer', text(3), { Item: text(5) }, 5],
  ['an update would make the row longer', undefined, { ExpressionAttributeValues: text(4) }, 4],
])('counts a write whose condition fails: %s', async (_name, row, input, write) => {
  const asked = jest.fn().mockRejectedValue(new ConditionFailed(row));
  const database = createMeteredDatabase({ call: asked });

  await expect(database.call('PutItem', { ConditionExpression: 'x', ...input })).rejects.toThrow();

  expect(database.take()).toEqual({ read: 0, write });
  expect(asked).toHaveBeenCalledWith(
    'PutItem',
    expect.objectContaining({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  );
});
