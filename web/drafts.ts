import type { Memory } from './memory';

const KEY = 'drafts';

/** Reads the unsent text of a room. */
export function readDraft(memory: Memory, room: string): string {
  const text = readAll(memory)[room];
  return typeof text === 'string' ? text : '';
}

/** Stores the unsent text of a room, so that it outlives a reload but not a sign-out. */
export function writeDraft(memory: Memory, room: string, text: string): void {
  const { [room]: _, ...others } = readAll(memory);
  memory.write(KEY, text === '' ? others : { ...others, [room]: text });
}

function readAll(memory: Memory): Record<string, unknown> {
  const value = memory.read(KEY);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
