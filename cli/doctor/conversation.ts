import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../client/platform/defaults';
import type { Ack, ClientMessage, History, Joined, LogEntry, Pong, Reply } from '../../lib/protocol';
import type { Talker } from './testClient';
import { Failed } from './types';

/** More refusals in a row than this are no busy moment. */
const MOST_REFUSALS = 8;

type Of<T extends Reply['type']> = Extract<Reply, { type: T }>;

/** Asks for what has to be answered with one type of reply. @throws Failed for any other. */
async function askFor<T extends Reply['type']>(
  talker: Talker,
  message: ClientMessage,
  type: T,
): Promise<Of<T>> {
  for (let refusals = 0; ; refusals++) {
    const reply = await talker.ask(message);
    if (reply.type === type) return reply as Of<T>;
    if (reply.type !== 'error')
      throw new Failed(`${message.action} was answered by "${reply.type}", not by "${type}".`);
    const { code, retryAfterMs } = reply;
    if (code !== 'rateLimited' || retryAfterMs === undefined || refusals === MOST_REFUSALS)
      throw new Failed(`${message.action} was refused: ${code}. ${reply.message}`);
    await sleep(retryAfterMs);
  }
}

export function join(talker: Talker, room: string, after?: number): Promise<Joined> {
  return askFor(talker, { action: 'joinRoom', room, ...(after !== undefined && { after }) }, 'joined');
}

export interface Send {
  room: string;
  after: number;
  id?: string;
  text?: string;
}

export function send(talker: Talker, { room, after, id = newId(), text = 'A check.' }: Send): Promise<Ack> {
  return askFor(talker, { action: 'sendMessage', room, id, text, after }, 'ack');
}

/** Sends several messages one after the other. */
export async function sendMany(talker: Talker, room: string, count: number, after: number): Promise<Ack[]> {
  const acks: Ack[] = [];
  for (let at = 0; at < count; at++)
    acks.push(await send(talker, { room, after: after + at, text: `Check ${at + 1} of ${count}.` }));
  return acks;
}

export function history(
  talker: Talker,
  room: string,
  page: { before?: number; after?: number; limit?: number },
): Promise<History> {
  return askFor(talker, { action: 'getHistory', room, ...page }, 'history');
}

export function ping(talker: Talker, rooms: Record<string, number>): Promise<Pong> {
  return askFor(talker, { action: 'ping', rooms }, 'pong');
}

/** Enters a room anew and reads everything above a cursor, as a client does. */
export async function catchUp(talker: Talker, room: string, after: number): Promise<LogEntry[]> {
  let page: Joined | History = await join(talker, room, after);
  const entries: LogEntry[] = [];
  for (;;) {
    if (page.truncated || page.reset)
      throw new Failed(
        `A resume after seq ${after} was answered as if the log had ${page.reset ? 'been replaced' : 'expired'}.`,
      );
    entries.push(...page.messages);
    if (!page.more) return entries;
    const last = entries.at(-1);
    if (page.messages.length === 0 || !last)
      throw new Failed('A page is empty, but says that there is more.');
    page = await history(talker, room, { after: last.seq });
  }
}

/** Compares a part of the log with what was acknowledged. @throws Failed with the first difference in words. */
export function compare(what: string, entries: readonly LogEntry[], acks: readonly Ack[]): void {
  const got = entries.map(shown);
  const due = acks.map(shown);
  if (got.join() === due.join()) return;
  const missing = due.filter((each) => !got.includes(each));
  const twice = got.filter((each, at) => got.indexOf(each) !== at);
  const strange = got.filter((each) => !due.includes(each));
  const faults = [
    ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ...(twice.length > 0 ? [`${twice.length} twice`] : []),
    ...(strange.length > 0 ? [`${strange.length} that do not belong`] : []),
  ];
  throw new Failed(
    `${what} is wrong: of ${due.length} messages ${faults.length > 0 ? faults.join(', ') : 'some are out of order'}.`,
  );
}

function shown(entry: { seq: number; id?: string }): string {
  return `${entry.seq} ${entry.id ?? 'unknown'}`;
}
