import { getHistory } from '../../lib/actions/getHistory';
import type { Requester } from '../../lib/auth/requester';
import type { Action, LogEntry, Reply } from '../../lib/protocol';
import { handlerOf } from '../support/handlerOf';
import { ann, bob, connect, createHarness, fill, finish, type Harness } from './harness';

export type Frame = { action: Action; [field: string]: unknown };

/** A room with one message of Ann's at seq 1, and both people in it. */
export async function roomOfTwo(settings = {}) {
  const harness = createHarness(settings);
  const people = {
    ann: await connect(harness, 'ann-1', ann, ['den']),
    bob: await connect(harness, 'bob-1', bob, ['den']),
  };
  fill(harness, 'den', [{ seq: 1, id: 'message-1', text: 'old words', from: ann }]);
  return { harness, ...people };
}

/** Sends a frame, and waits for its reply. */
export function ask(
  harness: Harness,
  who: Requester,
  frame: { action: string; [field: string]: unknown },
): Promise<Reply> {
  return finish(harness, handlerOf(frame.action)(harness, who, JSON.stringify(frame)));
}

/** Sends a frame about the den, and waits for its reply. */
export function askInDen(harness: Harness, who: Requester, frame: Frame): Promise<Reply> {
  return ask(harness, who, { room: 'den', ...frame });
}

/** The newest entries, as a user reads them. */
export async function page(harness: Harness, who: Requester): Promise<LogEntry[]> {
  const reply = await finish(harness, getHistory(harness, who, { action: 'getHistory', room: 'den' }));
  return reply.type === 'history' ? reply.messages : [];
}
