import type { Database } from '../../lib/aws/dynamodb/database';
import { removeListed } from '../../lib/aws/dynamodb/removeListed';
import { Unavailable } from '../../lib/ports/unavailable';

it('keeps a row whose other row could not be removed: by it the other one is found again', async () => {
  const removed: unknown[] = [];
  const call = async (operation: string, { Key }: { Key?: { r: string } }) => {
    if (operation === 'Query') return { Items: [{ r: 'list', c: 'one' }] };
    if (Key?.r === 'other') throw new Unavailable('throttled');
    removed.push(Key);
    return {};
  };

  const removal = removeListed({ call } as unknown as Database, 'T', { r: 'list' }, 10, ({ c }) => ({
    r: 'other',
    c: String(c),
  }));

  await expect(removal).rejects.toThrow(Unavailable);
  expect(removed).toEqual([]);
});
