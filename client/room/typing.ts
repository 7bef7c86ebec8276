import { type Core, REPLY_MS } from '../core';
import type { Desk } from '../log/reader';

/** Typing is told at most this often, in milliseconds: half of what it is shown for. */
const TYPING_EVERY_MS = 3_000;

/** Tells a room that this user is typing, not on every key. */
export interface Typing {
  tell(): void;
  /** What was typed is sent: the next key is told at once. */
  sent(): void;
}

export function createTyping(core: Core, room: Desk): Typing {
  let nextAt = 0;
  return {
    tell() {
      const link = room.link();
      const now = core.clock.now();
      if (!link || now < nextAt) return;
      nextAt = now + TYPING_EVERY_MS;
      link.request({ action: 'typing', room: room.name }, REPLY_MS, () => {});
    },
    sent() {
      nextAt = 0;
    },
  };
}
