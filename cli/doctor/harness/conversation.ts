import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../../client/platform/defaults';
import type { Ack, ClientMessage, History, Joined, LogEntry, Pong, Reply } from '../../../lib/protocol';
import { CheckFailure, Refusal } from './checkFailure';
import type { TestClient } from './testClient';

/** After this many rate-limit refusals in a row the check fails. */
const MAX_REFUSALS = 8;

type Of<T extends Reply['type']> = Extract<Reply, { type: T }>;

/** Sends a frame that must get one type of reply. @throws Refusal for an error, CheckFailure for another type. */
async function requestReply<T extends Reply['type']>(
  client: TestClient,
  message: ClientMessage,
  type: T,
): Promise<Of<T>> {
  for (let refusals = 0; ; refusals++) {
    const reply = await client.request(message);
    if (reply.type === type) return reply as Of<T>;
    if (reply.type !== 'error')
      throw new CheckFailure(`${message.action} was answered by "${reply.type}", not by "${type}".`);
    const { code, retryAfterMs } = reply;
    if (code !== 'rateLimited' || retryAfterMs === undefined || refusals === MAX_REFUSALS)
      throw new Refusal(`${message.action} of ${client.user} was refused: ${code}. ${reply.message}`, code);
    await sleep(retryAfterMs);
  }
}

export function join(client: TestClient, room: string, after?: number): Promise<Joined> {
  return requestReply(client, { action: 'joinRoom', room, ...(after !== undefined && { after }) }, 'joined');
}

export interface Send {
  room: string;
  after: number;
  id?: string;
  text?: string;
}

export function send(
  client: TestClient,
  { room, after, id = newId(), text = 'A check.' }: Send,
): Promise<Ack> {
  return requestReply(client, { action: 'sendMessage', room, id, text, after }, 'ack');
}

/** Sends several messages one after the other. */
export async function sendMany(
  client: TestClient,
  room: string,
  count: number,
  after: number,
): Promise<Ack[]> {
  const acks: Ack[] = [];
  for (let at = 0; at < count; at++)
    acks.push(await send(client, { room, after: after + at, text: `Check ${at + 1} of ${count}.` }));
  return acks;
}

export function history(
  client: TestClient,
  room: string,
  page: { before?: number; after?: number; limit?: number },
): Promise<History> {
  return requestReply(client, { action: 'getHistory', room, ...page }, 'history');
}

export function ping(client: TestClient, rooms: Record<string, number>): Promise<Pong> {
  return requestReply(client, { action: 'ping', rooms }, 'pong');
}

/** Joins a room again and reads everything above a cursor, as a client does. */
export async function catchUp(client: TestClient, room: string, after: number): Promise<LogEntry[]> {
  let page: Joined | History = await join(client, room, after);
  const entries: LogEntry[] = [];
  for (;;) {
    if (page.truncated || page.reset)
      throw new CheckFailure(
        `A resume after seq ${after} was answered as if the log had ${page.reset ? 'been replaced' : 'expired'}.`,
      );
    entries.push(...page.messages);
    if (!page.more) return entries;
    const last = entries.at(-1);
    if (page.messages.length === 0 || !last)
      throw new CheckFailure('A page is empty, but says that there is more.');
    page = await history(client, room, { after: last.seq });
  }
}

/** Compares a part of the log with the acknowledgements. @throws CheckFailure that counts the differences. */
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
  throw new CheckFailure(
    `${what} is wrong: of ${due.length} messages ${faults.length > 0 ? faults.join(', ') : 'some are out of order'}.`,
  );
}

function shown(entry: { seq: number; id?: string }): string {
  return `${entry.seq} ${entry.id ?? 'unknown'}`;
}
