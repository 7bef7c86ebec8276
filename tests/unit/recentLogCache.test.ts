import { createRecentLogCache } from '../../lib/log/recentLogCache';
import type { EntryIdentity } from '../../lib/ports/logStore';
import { MINUTE, NOW, range } from './harness';

/** The entries of seqs such as `3-6`. */
const run = (seqs: string): EntryIdentity[] => {
  const [from = 0, to = 0] = seqs.split('-').map(Number);
  return range(from, to).map((seq) => ({ seq, id: `id-of-${seq}`, user: 'bob', at: NOW }));
};

it.each<[string, string[], number, string | undefined]>([
  ['nothing of a room it does not know', [], 0, undefined],
  ['a run from its first row on', ['3-6'], 3, '3-6'],
  ['a run from just below its first row', ['3-6'], 2, '3-6'],
  ['nothing from further below', ['3-6'], 1, undefined],
  ['a run from the middle', ['3-6'], 5, '5-6'],
  ['the head', ['3-6'], 6, '6-6'],
  ['nothing above the head', ['3-6'], 7, undefined],
  ['all of a room', ['1-4'], 0, '1-4'],
  ['runs that touch', ['1-3', '4-6'], 2, '2-6'],
  ['runs that touch, in the other order', ['4-6', '1-3'], 2, '2-6'],
  ['runs that overlap', ['1-4', '3-6'], 2, '2-6'],
  ['a run that lies within', ['1-6', '3-4'], 2, '2-6'],
  ['a run that contains', ['3-4', '1-6'], 2, '2-6'],
  ['one that begins as the other and is longer', ['3-4', '3-6'], 2, '3-6'],
  ['one that begins as the other and is shorter', ['3-6', '3-4'], 2, '3-6'],
  ['of two with a hole between, the higher', ['1-3', '5-6'], 5, '5-6'],
  ['of two with a hole between, nothing of the lower', ['1-3', '5-6'], 2, undefined],
  ['the higher even if the lower comes later', ['5-6', '1-3'], 5, '5-6'],
  ['at most 500', ['1-400', '401-700'], 200, '201-700'],
  ['nothing below those 500', ['1-400', '401-700'], 199, undefined],
])('gives %s', (_name, learned, after, expected) => {
  const memory = createRecentLogCache();
  for (const seqs of learned) memory.remember('den', run(seqs), NOW);

  expect(memory.get('den', after, NOW)).toEqual(expected && run(expected));
});

it.each([
  ['at once', 0, true],
  ['just under a minute later', MINUTE - 1, true],
  ['a minute later', MINUTE, false],
  ['by a clock just under a minute behind', 1 - MINUTE, true],
  ['by a clock a minute behind', -MINUTE, false],
])('is trusted %s: %s ms', (_name, later, expected) => {
  const memory = createRecentLogCache();
  memory.remember('den', run('1-3'), NOW);

  expect(memory.get('den', 2, NOW + later) !== undefined).toBe(expected);
});

it('is as fresh as what it learned last', () => {
  const memory = createRecentLogCache();
  memory.remember('den', run('1-3'), NOW);
  memory.remember('den', run('4-4'), NOW + MINUTE - 1);

  expect(memory.get('den', 1, NOW + 2 * MINUTE - 2)?.length).toBe(4);
});

it('learns nothing from an empty run', () => {
  const memory = createRecentLogCache();
  memory.remember('den', run('1-3'), NOW);
  memory.remember('den', [], NOW + 10 * MINUTE);

  expect(memory.get('den', 1, NOW)?.length).toBe(3);
});

it('keeps rooms apart', () => {
  const memory = createRecentLogCache();
  memory.remember('den', run('1-3'), NOW);

  expect(memory.get('attic', 1, NOW)).toBeUndefined();
});

it('forgets the room it has learned nothing of for longest when there are 200 others', () => {
  const memory = createRecentLogCache();
  for (const i of range(1, 200)) memory.remember(`room-${i}`, run('1-1'), NOW);
  memory.remember('room-1', run('2-2'), NOW);

  memory.remember('room-201', run('1-1'), NOW);

  expect(memory.get('room-1', 1, NOW)).toHaveLength(2);
  expect(memory.get('room-2', 1, NOW)).toBeUndefined();
  expect(memory.get('room-3', 1, NOW)).toHaveLength(1);
});
