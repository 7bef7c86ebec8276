import type { Memory } from './browserStorage';

/** The unsent texts of a user, room by room. They outlive a reload, but not a sign-out. */
export interface UnsentTexts {
  read(room: string): string;
  /** Keeps a text. The browser's storage, which may be slow, gets it a moment later, or at once if it is empty. */
  write(room: string, text: string): void;
  /** Stores at once what waits. */
  flush(): void;
  /** Forgets what waits. */
  drop(): void;
}

const KEY = 'drafts';
/** Of more texts than these the oldest are dropped. */
const MAX_TEXTS = 50;
const STORED_AFTER_MS = 500;

/** Creates the unsent texts of a user. The user's id has no space. */
export function createUnsentTexts(memory: Memory, user: string): UnsentTexts {
  let waiting: { room: string; text: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unsent: UnsentTexts = {
    read(room) {
      if (waiting?.room === room) return waiting.text;
      const text = readAll(memory)[`${user} ${room}`];
      return typeof text === 'string' ? text : '';
    },
    write(room, text) {
      if (waiting?.room !== room) unsent.flush();
      waiting = { room, text };
      if (text === '') unsent.flush();
      else timer ??= setTimeout(unsent.flush, STORED_AFTER_MS);
    },
    flush() {
      const stored = waiting;
      unsent.drop();
      if (stored) store(memory, `${user} ${stored.room}`, stored.text);
    },
    drop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
  };
  return unsent;
}

function store(memory: Memory, key: string, text: string): void {
  const { [key]: _, ...others } = readAll(memory);
  const kept = Object.entries(others).slice(text === '' ? 0 : 1 - MAX_TEXTS);
  memory.write(KEY, Object.fromEntries(text === '' ? kept : [...kept, [key, text]]));
}

function readAll(memory: Memory): Record<string, unknown> {
  const value = memory.read(KEY);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
