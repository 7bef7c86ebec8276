import type { Memory } from './memory';

/** The unsent texts of a user, room by room. They outlive a reload, but not a sign-out. */
export interface Drafts {
  read(room: string): string;
  /** Keeps a text. The browser's storage, which may be slow, gets it a moment later, or at once if it is empty. */
  write(room: string, text: string): void;
  /** Stores at once what waits. */
  flush(): void;
  /** Forgets what waits. */
  drop(): void;
}

const KEY = 'drafts';
/** Of more drafts than these the oldest are dropped. */
const MAX_DRAFTS = 50;
const STORED_AFTER_MS = 500;

/** Creates the drafts of a user. The user's id has no space. */
export function createDrafts(memory: Memory, user: string): Drafts {
  let waiting: { room: string; text: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const drafts: Drafts = {
    read(room) {
      if (waiting?.room === room) return waiting.text;
      const text = readAll(memory)[`${user} ${room}`];
      return typeof text === 'string' ? text : '';
    },
    write(room, text) {
      if (waiting?.room !== room) drafts.flush();
      waiting = { room, text };
      if (text === '') drafts.flush();
      else timer ??= setTimeout(drafts.flush, STORED_AFTER_MS);
    },
    flush() {
      const stored = waiting;
      drafts.drop();
      if (stored) store(memory, `${user} ${stored.room}`, stored.text);
    },
    drop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
  };
  return drafts;
}

function store(memory: Memory, key: string, text: string): void {
  const { [key]: _, ...others } = readAll(memory);
  const kept = Object.entries(others).slice(text === '' ? 0 : 1 - MAX_DRAFTS);
  memory.write(KEY, Object.fromEntries(text === '' ? kept : [...kept, [key, text]]));
}

function readAll(memory: Memory): Record<string, unknown> {
  const value = memory.read(KEY);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
