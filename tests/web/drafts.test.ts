import { readDraft, writeDraft } from '../../web/drafts';
import { createMemory } from '../../web/memory';

/** A memory without a storage of the browser. */
const emptyMemory = () =>
  createMemory(() => {
    throw new DOMException('denied', 'SecurityError');
  });

it('belong to a room and a user', () => {
  const memory = emptyMemory();
  writeDraft(memory, 'guest:1', 'lobby', 'mine');
  writeDraft(memory, 'guest:2', 'lobby', 'yours');
  writeDraft(memory, 'guest:1', 'ops', 'there');
  writeDraft(memory, 'guest:1', 'ops', '');

  expect(readDraft(memory, 'guest:1', 'lobby')).toBe('mine');
  expect(readDraft(memory, 'guest:2', 'lobby')).toBe('yours');
  expect(readDraft(memory, 'guest:1', 'ops')).toBe('');
});

it('are at most 50: the oldest goes first', () => {
  const memory = emptyMemory();
  for (let i = 0; i < 51; i++) writeDraft(memory, 'guest:1', `room-${i}`, 'text');

  expect(readDraft(memory, 'guest:1', 'room-0')).toBe('');
  expect(readDraft(memory, 'guest:1', 'room-1')).toBe('text');
  expect(readDraft(memory, 'guest:1', 'room-50')).toBe('text');
});
