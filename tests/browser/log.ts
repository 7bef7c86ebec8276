import type { Page, WebSocketRoute } from 'playwright-core';
import type { ClientMessage, LogEntry, Page as LogPage, MessageEntry } from '../../lib/protocol';

const ANN = { id: 'guest:ann', name: 'Ann' };
const BEN = { id: 'guest:ben', name: 'Ben' };

/** A server with a long log, as a real one has only after years. */
export interface LogServer {
  entries: MessageEntry[];
  /** Appends a message of Ben's and sends it to the page. */
  arrive(text: string): void;
  /** Appends a message of Ben's of which the page hears when it asks. */
  miss(text: string): void;
  /** What the server says to the next send, instead of taking it. */
  refuseNext(code: string, message: string): void;
  /** How many entries the page was sent. */
  served: number;
}

interface Options {
  length: number;
  /** Seqs up to this one have expired. */
  expiredUpTo?: number;
}

/** Stands in for the server behind the page's socket. The page is told that it is Ann. */
export async function serveLog(page: Page, { length, expiredUpTo = 0 }: Options): Promise<LogServer> {
  const now = Date.now();
  let socket: WebSocketRoute | undefined;
  let refusal: { code: string; message: string } | undefined;
  const server: LogServer = {
    entries: Array.from({ length }, (_, at) => entry(at + 1, now - (length - at) * 60_000)),
    served: 0,
    arrive(text) {
      server.miss(text);
      socket?.send(JSON.stringify({ room: 'lobby', ...server.entries.at(-1) }));
    },
    miss(text) {
      server.entries.push({ ...entry(server.entries.length + 1, Date.now()), text, from: BEN });
    },
    refuseNext(code, message) {
      refusal = { code, message };
    },
  };

  const pageOf = (messages: LogEntry[], more: boolean): LogPage => {
    server.served += messages.length;
    return { messages, more };
  };
  const before = (seq: number, limit = 100): LogPage => {
    const from = Math.max(expiredUpTo, seq - 1 - limit);
    const found = server.entries.slice(from, seq - 1);
    const isCut = expiredUpTo > 0 && from === expiredUpTo;
    return { ...pageOf(found, from > expiredUpTo), ...(isCut && { truncated: true as const }) };
  };

  const answer = (message: ClientMessage): object => {
    const head = server.entries.length;
    switch (message.action) {
      case 'joinRoom': {
        const found =
          message.after === undefined ? before(head + 1) : pageOf(server.entries.slice(message.after), false);
        return {
          type: 'joined',
          room: message.room,
          head,
          log: 'one',
          members: [ANN, BEN],
          memberCount: 2,
          can: ['send'],
          ...found,
        };
      }
      case 'getHistory':
        return {
          type: 'history',
          room: message.room,
          ...(message.after === undefined
            ? before(message.before ?? head + 1, message.limit)
            : pageOf(server.entries.slice(message.after, message.after + 100), message.after + 100 < head)),
        };
      case 'ping':
        return { type: 'pong', log: 'one', behind: {}, notJoined: [] };
      case 'sendMessage': {
        if (refusal) {
          const failure = {
            type: 'error',
            action: 'sendMessage',
            room: message.room,
            id: message.id,
            ...refusal,
          };
          refusal = undefined;
          return failure;
        }
        server.entries.push({
          ...entry(head + 1, Date.now()),
          id: message.id,
          text: message.text,
          from: ANN,
        });
        return { type: 'ack', room: message.room, id: message.id, seq: head + 1, at: Date.now() };
      }
      case 'editMessage':
      case 'deleteMessage':
      case 'react':
      case 'getReactions':
        return { type: 'error', code: 'unknownAction', message: 'This log is read and appended to.' };
      case 'typing':
      case 'leaveRoom':
      case 'kick':
      case 'unban':
        return { type: 'ok', action: message.action, room: message.room };
      default:
        return message satisfies never;
    }
  };

  await page.routeWebSocket(/\/ws$/, (route) => {
    socket = route;
    route.onMessage((frame) => {
      const message: ClientMessage = JSON.parse(String(frame));
      route.send(JSON.stringify({ ...answer(message), ref: message.ref }));
    });
  });
  await page.route('**/api/token', (route) =>
    route.fulfill({ json: { token: tokenOf(ANN), user: ANN, expiresAt: now + 3_600_000 } }),
  );
  return server;
}

function entry(seq: number, at: number): MessageEntry {
  const words = 'word '.repeat((seq * 7) % 40);
  return {
    type: 'message',
    seq,
    id: `message-${seq}`,
    text: `Message ${seq} ${words}`.trim(),
    from: seq % 5 < 3 ? BEN : ANN,
    at,
  };
}

/** A token that is not verified here; the client reads the name from it. */
function tokenOf({ id, name }: { id: string; name: string }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: id, name, iat: seconds, exp: seconds + 3600 })}.none`;
}
