import { getHistory } from '../../lib/actions/getHistory';
import type { Requester } from '../../lib/auth/requester';
import { type Action, LIMITS, type LogEntry, parseServerFrame, type Reply } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { handlerOf } from '../support/handlerOf';
import { ann, bob, connect, createHarness, fill, finish, type Harness } from './harness';

type ListPage = Extract<Reply, { type: 'rooms' | 'bans' | 'members' | 'queue' }>;

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

/** Reads a list to its end. Each of its pages fits into a frame, which a client can read. */
export async function readPages<Type extends ListPage['type']>(
  harness: Harness,
  who: Requester,
  type: Type,
  frame: Frame,
): Promise<Extract<ListPage, { type: Type }>[]> {
  const pages: Extract<ListPage, { type: Type }>[] = [];
  let from: string | undefined;
  do {
    const reply = await ask(harness, who, { ...frame, from });
    if (reply.type !== type) throw new Error(`The reply is ${JSON.stringify(reply)}.`);
    expect(parseServerFrame(JSON.stringify(reply))).toEqual(reply);
    expect(byteLength(JSON.stringify(reply))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
    pages.push(reply as Extract<ListPage, { type: Type }>);
    from = (reply as ListPage).next;
  } while (from !== undefined);
  return pages;
}

/** The newest entries, as a user reads them. */
export async function page(harness: Harness, who: Requester): Promise<LogEntry[]> {
  const reply = await finish(harness, getHistory(harness, who, { action: 'getHistory', room: 'den' }));
  return reply.type === 'history' ? reply.messages : [];
}
