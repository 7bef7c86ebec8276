import { createBrowserStorage } from '../../web/browserStorage';
import { createUnsentTexts } from '../../web/unsentTexts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A memory without a storage of the browser, which counts what is stored. */
function countingMemory() {
  const memory = createBrowserStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  const counted = { writes: 0 };
  const write = (key: string, value: unknown) => {
    counted.writes += 1;
    memory.write(key, value);
  };
  return { memory: { ...memory, write }, counted };
}

/** What a page that is opened later reads. */
const later = (memory: ReturnType<typeof createBrowserStorage>, user: string, room: string) =>
  createUnsentTexts(memory, user).read(room);

it('belong to a room and a user', () => {
  const { memory } = countingMemory();
  const mine = createUnsentTexts(memory, 'guest:1');
  mine.write('lobby', 'mine');
  mine.write('ops', 'there');
  mine.write('ops', '');
  const yours = createUnsentTexts(memory, 'guest:2');
  yours.write('lobby', 'yours');
  yours.flush();

  expect(later(memory, 'guest:1', 'lobby')).toBe('mine');
  expect(later(memory, 'guest:2', 'lobby')).toBe('yours');
  expect(later(memory, 'guest:1', 'ops')).toBe('');
});

it('are at most 50: the oldest goes first', () => {
  const { memory } = countingMemory();
  const unsent = createUnsentTexts(memory, 'guest:1');
  for (let i = 0; i < 51; i++) unsent.write(`room-${i}`, 'text');
  unsent.flush();

  expect(later(memory, 'guest:1', 'room-0')).toBe('');
  expect(later(memory, 'guest:1', 'room-1')).toBe('text');
  expect(later(memory, 'guest:1', 'room-50')).toBe('text');
});

it('are stored once for all keys of half a second', () => {
  const { memory, counted } = countingMemory();
  const unsent = createUnsentTexts(memory, 'guest:1');
  for (const text of ['h', 'he', 'hel', 'hell', 'hello']) unsent.write('lobby', text);

  expect([unsent.read('lobby'), counted.writes]).toEqual(['hello', 0]);
  jest.advanceTimersByTime(500);
  expect([later(memory, 'guest:1', 'lobby'), counted.writes]).toEqual(['hello', 1]);
});

it('are gone at once when the text is sent', () => {
  const { memory } = countingMemory();
  const unsent = createUnsentTexts(memory, 'guest:1');
  unsent.write('lobby', 'hello');
  unsent.flush();
  unsent.write('lobby', '');

  expect(later(memory, 'guest:1', 'lobby')).toBe('');
});

it('are not stored after they were dropped', () => {
  const { memory, counted } = countingMemory();
  const unsent = createUnsentTexts(memory, 'guest:1');
  unsent.write('lobby', 'the PIN is 4711');
  unsent.drop();
  jest.advanceTimersByTime(1_000);

  expect(counted.writes).toBe(0);
});
