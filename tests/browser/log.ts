import type { Page, WebSocketRoute } from 'playwright-core';
import type {
  Ability,
  ClientMessage,
  EditedEntry,
  FollowedRoom,
  LogEntry,
  Page as LogPage,
  MessageEntry,
  ReactedEntry,
  User,
} from '../../lib/protocol';

export const ANN = { id: 'guest:ann', name: 'Ann' };
export const BEN = { id: 'guest:ben', name: 'Ben' };

/** A server with a long log, as a real one has only after years. */
export interface LogServer {
  entries: (MessageEntry | EditedEntry | ReactedEntry)[];
  /** Appends a message of Ben's and sends it to the page. */
  arrive(text: string): void;
  /** Appends a message of Ben's of which the page hears when it asks. */
  miss(text: string): void;
  /** Gives a message other words, and tells the page. */
  edit(seq: number, text: string): void;
  /** Switches a user's reaction to a message, and tells the page. Returns the number of the change. */
  react(seq: number, user: User, name: string, on: boolean): number;
  /** What the server says to the next send or reaction, instead of taking it. */
  refuseNext(code: string, message: string): void;
  /** How many entries the page was sent. */
  served: number;
}

interface Options {
  length: number;
  /** Seqs up to this one have expired. */
  expiredUpTo?: number;
  /** What Ann may do. */
  can?: readonly Ability[];
  /** Two of three entries are messages, with edits, reactions, quotes and markup; the third tells of a change. */
  isLiving?: boolean;
  /** The rooms that Ann follows; the server may refuse to list them. */
  followed?: readonly FollowedRoom[] | 'refused';
}

/** Stands in for the server behind the page's socket. The page is told that it is Ann. */
export async function serveLog(
  page: Page,
  { length, expiredUpTo = 0, can = ['send', 'react'], isLiving = false, followed = [] }: Options,
): Promise<LogServer> {
  const now = Date.now();
  let socket: WebSocketRoute | undefined;
  let refusal: { code: string; message: string } | undefined;
  const server: LogServer = {
    entries: Array.from({ length }, (_, at) =>
      (isLiving ? livingEntry : entry)(at + 1, now - (length - at) * 60_000),
    ),
    served: 0,
    arrive(text) {
      server.miss(text);
      socket?.send(JSON.stringify({ room: 'lobby', ...server.entries.at(-1) }));
    },
    miss(text) {
      server.entries.push({ ...entry(server.entries.length + 1, Date.now()), text, from: BEN });
    },
    edit(of, text) {
      const rev = server.entries.length + 1;
      const at = Date.now();
      const target = server.entries[of - 1];
      if (target?.type === 'message') server.entries[of - 1] = { ...target, text, rev, editedAt: at };
      server.entries.push({ type: 'edited', seq: rev, id: `edit-${rev}`, of, from: BEN, at, text, rev });
      socket?.send(JSON.stringify({ room: 'lobby', ...server.entries.at(-1) }));
    },
    react(of, user, name, on) {
      const target = server.entries[of - 1];
      if (target?.type !== 'message') return 0;
      const others = (target.reactions?.users[name] ?? []).filter(({ id }) => id !== user.id);
      const all = { ...target.reactions?.users, [name]: on ? [...others, user] : others };
      const users = Object.fromEntries(Object.entries(all).filter(([, each]) => each.length > 0));
      const counts = Object.fromEntries(Object.entries(users).map(([each, { length }]) => [each, length]));
      const seq = server.entries.length + 1;
      const summary = { seq, k: (target.reactions?.k ?? 0) + 1, counts, users };
      server.entries[of - 1] = { ...target, reactions: summary };
      server.entries.push({ type: 'reacted', of, at: Date.now(), ...summary });
      socket?.send(JSON.stringify({ room: 'lobby', ...server.entries.at(-1) }));
      return summary.k;
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

  const place = ({ around, at = 0 }: { around?: number; at?: number }) => {
    const { entries } = server;
    const first = around === undefined ? entries.findIndex((each) => each.at >= at) : around - 50;
    if ((around ?? 0) > entries.length) return { ...pageOf([], false), reset: true };
    const from = Math.max(expiredUpTo, first < 0 && around === undefined ? entries.length - 100 : first);
    return {
      ...pageOf(entries.slice(from, from + 100), from + 100 < entries.length),
      older: from > expiredUpTo,
    };
  };

  const refuse = ({
    action,
    ...more
  }: Extract<ClientMessage, { action: 'sendMessage' | 'react' }>): object => {
    const failure = {
      type: 'error',
      action,
      room: more.room,
      ...('id' in more && { id: more.id }),
      ...refusal,
    };
    refusal = undefined;
    return failure;
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
          can,
          ...found,
        };
      }
      case 'getHistory':
        if (message.around !== undefined || message.at !== undefined)
          return { type: 'history', room: message.room, ...place(message) };
        return {
          type: 'history',
          room: message.room,
          ...(message.after === undefined
            ? before(message.before ?? head + 1, message.limit)
            : pageOf(server.entries.slice(message.after, message.after + 100), message.after + 100 < head)),
        };
      case 'ping':
        return { type: 'pong', log: 'one', behind: {}, notJoined: [], pingWithinMs: 270_000 };
      case 'sendMessage': {
        if (refusal) return refuse(message);
        server.entries.push({
          ...entry(head + 1, Date.now()),
          id: message.id,
          text: message.text,
          from: ANN,
        });
        return { type: 'ack', room: message.room, id: message.id, seq: head + 1, at: Date.now() };
      }
      case 'react': {
        if (refusal) return refuse(message);
        const { room, of, name, on } = message;
        const k = server.react(of, ANN, name, on);
        return { type: 'ok', action: 'react', room, of, name, k };
      }
      case 'getReactions': {
        const target = server.entries[message.of - 1];
        const { counts = {}, users = {}, k = 0 } = (target?.type === 'message' && target.reactions) || {};
        return { type: 'reactions', room: message.room, of: message.of, k, counts, users, mine: [] };
      }
      case 'editMessage':
      case 'deleteMessage':
        return { type: 'error', code: 'unknownAction', message: 'This log is read and appended to.' };
      case 'typing':
      case 'signal':
      case 'draft':
      case 'leaveRoom':
      case 'kick':
      case 'unban':
      case 'mute':
      case 'setRoom':
      case 'addMember':
      case 'removeMember':
      case 'report':
      case 'resolveReports':
      case 'decide':
      case 'follow':
      case 'unfollow':
        return { type: 'ok', action: message.action, room: message.room };
      case 'getDraft':
        return { type: 'error', code: 'gone', message: 'Nothing is being written.' };
      case 'getBans':
        return { type: 'bans', room: message.room, bans: [] };
      case 'getMembers':
        return { type: 'members', room: message.room, members: [] };
      case 'getQueue':
        return { type: 'queue', room: message.room, items: [] };
      case 'getRooms':
        if (followed === 'refused')
          return { type: 'error', code: 'unknownAction', message: 'This server lists no rooms.' };
        return { type: 'rooms', rooms: followed };
      case 'openDirect':
        return { type: 'direct', room: 'dm.0', with: message.user };
      case 'read': {
        const { room, seq, version, unread = false } = message;
        return {
          type: 'readMarked',
          room,
          read: { seq, version: unread ? version + 1 : version },
          head: seq,
          unread: 0,
        };
      }
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

/** As `entry`, but messages are edited, reacted to, and answer others; every third entry tells of such a change. */
function livingEntry(seq: number, at: number): MessageEntry | EditedEntry | ReactedEntry {
  const plain = entry(seq, at);
  const text = `${plain.text} and **more**`;
  const change = seq - (seq % 3) + 3;
  const summary = {
    ...{ seq: change, k: 3, counts: { '👍': 2, '🎉': 1 } },
    users: { '👍': [ANN, BEN], '🎉': [BEN] },
  };
  if (seq === change - 3)
    return seq % 2 === 0
      ? { ...plain, type: 'edited', of: seq - 2, text: `Message ${seq - 2} and **more**`, rev: seq }
      : { type: 'reacted', of: seq - 1, at, ...summary, seq };
  if (seq % 6 === 4)
    return { ...plain, text, rev: change, editedAt: at, ...(seq > 4 && { replyTo: seq - 2 }) };
  return seq % 6 === 2 ? { ...plain, text, reactions: summary } : plain;
}

/** A token that is not verified here; the client reads the name from it. */
function tokenOf({ id, name }: { id: string; name: string }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: id, name, iat: seconds, exp: seconds + 3600 })}.none`;
}
