import type { Memory } from './memory';

const KEY = 'drafts';
/** Of more drafts than these the oldest are dropped. */
const MAX_DRAFTS = 50;

/** Reads the unsent text of a user in a room. */
export function readDraft(memory: Memory, user: string, room: string): string {
  const text = readAll(memory)[keyOf(user, room)];
  return typeof text === 'string' ? text : '';
}

/** Stores the unsent text of a user in a room, so that it outlives a reload but not a sign-out. */
export function writeDraft(memory: Memory, user: string, room: string, text: string): void {
  const key = keyOf(user, room);
  const { [key]: _, ...others } = readAll(memory);
  const kept = Object.entries(others).slice(text === '' ? 0 : 1 - MAX_DRAFTS);
  memory.write(KEY, Object.fromEntries(text === '' ? kept : [...kept, [key, text]]));
}

function keyOf(user: string, room: string): string {
  // No id of a user and no name of a room holds a space.
  return `${user} ${room}`;
}

function readAll(memory: Memory): Record<string, unknown> {
  const value = memory.read(KEY);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
