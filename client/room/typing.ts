import { type Core, REPLY_MS } from '../core';
import type { Desk } from '../log/reader';

/** Typing is told at most this often, in milliseconds: half of what it is shown for. */
const TYPING_EVERY_MS = 3_000;

/** Tells a room that this user is typing, not on every key. */
export function createTyping(core: Core, room: Desk): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    const link = room.link();
    const now = core.clock.now();
    if (!link || now - toldAt < TYPING_EVERY_MS) return;
    toldAt = now;
    link.request({ action: 'typing', room: room.name }, REPLY_MS, () => {});
  };
}
