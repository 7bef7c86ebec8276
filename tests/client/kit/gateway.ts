import type { Clock, OpenSocket, Random, SocketEvents } from '../../../client';
import {
  BEARER_PREFIX,
  type ClientMessage,
  type Draft,
  type History,
  type LogEntry,
  type Page,
  type ReactionSummary,
  type ReadPosition,
  type Reply,
  type ServerMessage,
  SUBPROTOCOL,
  type User,
} from '../../../lib/protocol';
import { parseClientFrame } from '../../../lib/protocol/parseClientFrame';

/** What happens to one frame on its way: `undefined` lets it pass. */
export type Fault = 'drop' | 'cut' | { delayMs?: number; copies?: number; answer?: object } | undefined;

/** What goes wrong. Each may be replaced while the test runs. */
export interface Faults {
  handshake(user: User): 'refuse' | 'silence' | undefined;
  /** A frame from a client; `answer` is sent instead of carrying it out. */
  request(message: ClientMessage, socket: ServerSocket): Fault;
  reply(reply: Reply, message: ClientMessage, socket: ServerSocket): Fault;
  push(frame: ServerMessage, socket: ServerSocket): Fault;
}

/** A socket, as the server sees it. */
export interface ServerSocket {
  id: number;
  user: User;
  token: string;
  rooms: Set<string>;
  expiresAt: number;
  isOpen: boolean;
  /** Stops what waits for the end of the socket's life. */
  stop(): void;
  /** Frames that reached the server. */
  received: ClientMessage[];
  events: SocketEvents;
}

/** Who switched which reaction of a message, and how often one was. */
interface ReactionSet {
  k: number;
  users: Map<string, { user: User; name: string; on: boolean; v: number }>;
}

interface RoomLog {
  /** `undefined` for a row that has expired. */
  rows: (LogEntry | undefined)[];
}

/** A server of the protocol with a memory for a database, which fails as it is told to. */
export interface Gateway {
  open: OpenSocket;
  faults: Faults;
  sockets: ServerSocket[];
  /** The frames of all sockets, in the order in which they came. */
  received: ClientMessage[];
  handshakes: number;
  logId: string;
  mostCompared: number;
  pageSize: number;
  latencyMs: number;
  /** How far the clients' clock is ahead of the issuer's, in milliseconds. */
  aheadMs: number;
  live(): ServerSocket[];
  entries(room: string): (LogEntry | undefined)[];
  /** Writes a message of someone else, and tells the room. */
  post(room: string, text: string, from?: User, type?: 'message' | 'unknown'): LogEntry;
  /** Lets rows up to a seq expire. */
  expire(room: string, upTo: number): void;
  /** Puts another log in the place of this one. */
  restore(room: string, rows: LogEntry[]): void;
  /** Ends a socket from outside: the client is told, the server knows. */
  cut(socket: ServerSocket): void;
  /** The server forgets a membership without a word. */
  evict(socket: ServerSocket, room: string): void;
  push(room: string, frame: ServerMessage, except?: ServerSocket): void;
}

export const BOB: User = { id: 'bob', name: 'Bob' };

const NO_FAULTS: Faults = {
  handshake: () => undefined,
  request: () => undefined,
  reply: () => undefined,
  push: () => undefined,
};

export function createGateway(clock: Clock, random: Random, lifeMs = 7_200_000): Gateway {
  const logs = new Map<string, RoomLog>();
  /** The texts that are being written, by room, message and user. */
  const drafts = new Map<string, Omit<Draft, 'type' | 'room'>>();
  /** Since when each user follows which rooms. */
  const follows = new Map<string, Map<string, number>>();
  const followedBy = ({ id }: User): Map<string, number> => {
    const known = follows.get(id) ?? new Map<string, number>();
    follows.set(id, known);
    return known;
  };
  /** How far each user has read, by user and room. */
  const marks = new Map<string, ReadPosition>();
  const unreadOf = ({ id }: User, room: string) => {
    const read = marks.get(`${id} ${room}`);
    const rows = logOf(room).rows.slice(read?.seq ?? 0);
    const above = rows.flatMap((row) => (row?.type === 'message' ? [row] : []));
    const mentions = above.filter((row) => row.from.id !== id && row.mentions?.includes(id)).length;
    return { ...(read && { read }), unread: above.length, ...(mentions > 0 && { mentions }) };
  };
  let count = 0;
  let foreign = 0;

  const logOf = (room: string): RoomLog => {
    const known = logs.get(room) ?? { rows: [] };
    logs.set(room, known);
    return known;
  };

  const reactionSets = new Map<string, ReactionSet>();
  const reactionsOf = (room: string, of: number): ReactionSet => {
    const key = `${room} ${of}`;
    const known = reactionSets.get(key) ?? { k: 0, users: new Map() };
    reactionSets.set(key, known);
    return known;
  };

  const carry = (fault: Fault, socket: ServerSocket, run: () => void): void => {
    if (fault === 'cut') gateway.cut(socket);
    if (fault === 'drop' || fault === 'cut') return;
    for (let i = 0; i < (fault?.copies ?? 1); i++)
      clock.after(gateway.latencyMs + (fault?.delayMs ?? 0) + random() * gateway.latencyMs, run);
  };

  const toClient = (socket: ServerSocket, frame: object): void => {
    if (socket.isOpen) socket.events.message(JSON.stringify(frame));
  };

  const push: Gateway['push'] = (room, frame, except) => {
    for (const socket of gateway.sockets)
      if (socket !== except && socket.rooms.has(room) && socket.expiresAt > clock.now())
        carry(gateway.faults.push(frame, socket), socket, () => toClient(socket, frame));
  };

  const append = (room: string, entry: LogEntry, except?: ServerSocket): LogEntry => {
    logOf(room).rows.push(entry);
    push(room, { ...entry, room }, except);
    return entry;
  };

  const answer = (socket: ServerSocket, message: ClientMessage): Reply => {
    const fail = (code: string): Reply =>
      ({
        type: 'error',
        code,
        message: `Refused: ${code}.`,
        action: message.action,
        ...('room' in message && { room: message.room }),
      }) as Reply;
    if (socket.expiresAt <= clock.now()) return fail('expired');
    const { rows } = logOf('room' in message ? message.room : '');
    const head = rows.length;
    switch (message.action) {
      case 'sendMessage': {
        const { action: _, ref: __, files: ___, room, id, after, ...content } = message;
        const { text } = content;
        if (!socket.rooms.has(room)) return fail('notMember');
        const own = rows.find(
          (row) =>
            row &&
            row.seq > after &&
            row.type === 'message' &&
            row.id === id &&
            row.from.id === socket.user.id,
        );
        if (own?.type === 'message') {
          push(room, { ...own, room }, socket);
          const other = own.text === text ? {} : { entry: own };
          return { type: 'ack', room, id, seq: own.seq, at: own.at, duplicate: true, ...other };
        }
        if (after > head || head - after > gateway.mostCompared || rows.slice(after).includes(undefined))
          return fail('behind');
        const at = clock.now();
        append(room, { type: 'message', seq: head + 1, id, ...content, from: socket.user, at }, socket);
        return { type: 'ack', room, id, seq: head + 1, at };
      }
      case 'joinRoom': {
        const { room, after } = message;
        socket.rooms.add(room);
        const users = gateway.sockets.filter((other) => other.rooms.has(room)).map((other) => other.user);
        const members = [...new Map(users.map((user) => [user.id, user])).values()];
        push(room, { type: 'memberJoined', room, member: socket.user }, socket);
        const page = after === undefined || after > head ? down(rows) : up(rows, after);
        const reset = after !== undefined && after > head && { reset: true as const };
        return {
          type: 'joined',
          room,
          head,
          log: gateway.logId,
          members,
          memberCount: members.length,
          can: ['send', 'edit', 'delete', 'react'],
          ...page,
          ...reset,
        };
      }
      case 'leaveRoom':
        socket.rooms.delete(message.room);
        push(message.room, { type: 'memberLeft', room: message.room, member: socket.user });
        return { type: 'ok', action: 'leaveRoom', room: message.room };
      case 'getHistory': {
        const { room, before, after, around, at, limit } = message;
        if (!socket.rooms.has(room)) return fail('notMember');
        if (around !== undefined) return { type: 'history', room, ...near(rows, around) };
        if (at !== undefined) return { type: 'history', room, ...from(rows, at) };
        if (after === undefined) return { type: 'history', room, ...down(rows, before, limit) };
        if (after > head) return { type: 'history', room, messages: [], more: false, reset: true };
        return { type: 'history', room, ...up(rows, after, limit) };
      }
      case 'typing':
        push(message.room, { type: 'typing', room: message.room, from: socket.user }, socket);
        return { type: 'ok', action: 'typing', room: message.room };
      case 'signal': {
        const { room, name, data } = message;
        push(room, { type: 'signal', room, name, ...(data && { data }), from: socket.user }, socket);
        return { type: 'ok', action: 'signal', room };
      }
      case 'draft': {
        const { room, ref: _, action: _action, ...part } = message;
        const { of, generation, offset, text } = part;
        const key = `${room} ${of} ${socket.user.id}`;
        const known = drafts.get(key);
        if (known && known.generation > generation) return fail('conflict');
        if (text !== undefined && offset > 0 && known?.text?.length !== offset) return fail('conflict');
        const from = socket.user;
        if (text === undefined) drafts.delete(key);
        else
          drafts.set(key, {
            of,
            generation,
            offset: 0,
            from,
            text: `${offset > 0 ? known?.text : ''}${text}`,
          });
        push(room, { type: 'draft', room, from, ...part }, socket);
        return { type: 'ok', action: 'draft', room };
      }
      case 'getDraft': {
        const { room, of, user } = message;
        const known = drafts.get(`${room} ${of} ${user}`);
        return known ? { type: 'draft', room, ...known } : fail('gone');
      }
      case 'editMessage':
      case 'deleteMessage': {
        const { room, id, of } = message;
        if (!socket.rooms.has(room)) return fail('notMember');
        const own = rows.find((row) => row && 'of' in row && 'id' in row && row.id === id);
        const at = clock.now();
        if (own) return { type: 'ack', room, id, seq: own.seq, at, duplicate: true, entry: own };
        const target = rows[of - 1];
        if (target?.type !== 'message') return fail('gone');
        const seq = head + 1;
        const change = { seq, id, of, from: socket.user, at };
        let entry: LogEntry;
        if (message.action === 'editMessage') {
          const { text, data, mentions } = message;
          rows[of - 1] = { ...target, text, data, mentions, rev: seq, editedAt: at };
          entry = { type: 'edited', ...change, text, data, mentions, rev: seq };
        } else {
          const { from, at: sentAt } = target;
          rows[of - 1] = {
            type: 'tombstone',
            seq: of,
            id: target.id,
            from,
            at: sentAt,
            deleted: seq,
            by: 'author',
          };
          entry = { type: 'deleted', ...change, by: 'author' };
        }
        append(room, entry, socket);
        return { type: 'ack', room, id, seq, at, entry };
      }
      case 'react': {
        const { room, of, name, on, v } = message;
        if (!socket.rooms.has(room)) return fail('notMember');
        const target = rows[of - 1];
        if (target?.type !== 'message') return fail('gone');
        const set = reactionsOf(room, of);
        const key = `${socket.user.id} ${name}`;
        const known = set.users.get(key);
        const reply = { type: 'ok', action: 'react', room, of, name } as const;
        if (known && known.v > v) return { ...reply, k: set.k, v: known.v };
        set.users.set(key, { user: socket.user, name, on, v });
        const k = ++set.k;
        const seq = head + 1;
        const summary = { k, ...summarize(set) };
        rows[of - 1] = { ...target, reactions: { seq, ...summary } };
        append(room, { type: 'reacted', seq, of, at: clock.now(), ...summary });
        return { ...reply, k };
      }
      case 'getReactions': {
        const { room, of } = message;
        const set = reactionsOf(room, of);
        const own = [...set.users.values()].filter(({ user, on }) => on && user.id === socket.user.id);
        const mine = own.map(({ name }) => name);
        return { type: 'reactions', room, of, k: set.k, ...summarize(set), mine };
      }
      case 'kick':
      case 'unban':
      case 'mute':
      case 'setRoom':
      case 'addMember':
      case 'removeMember':
      case 'report':
      case 'resolveReports':
      case 'decide':
        return { type: 'ok', action: message.action, room: message.room };
      case 'getBans':
        return { type: 'bans', room: message.room, bans: [] };
      case 'getMembers':
        return { type: 'members', room: message.room, members: [] };
      case 'getQueue':
        return { type: 'queue', room: message.room, items: [] };
      case 'follow':
      case 'unfollow': {
        const { action, room } = message;
        const own = followedBy(socket.user);
        const isNew = action === 'follow' && !own.has(room);
        const isGone = action === 'unfollow' && own.delete(room);
        const since = Math.floor(clock.now());
        if (isNew) own.set(room, since);
        const told = isNew
          ? ({ type: 'roomAdded', room, since } as const)
          : ({ type: 'roomRemoved', room } as const);
        for (const other of gateway.live())
          if ((isNew || isGone) && other !== socket && other.user.id === socket.user.id)
            carry(gateway.faults.push(told, other), other, () => toClient(other, told));
        return { type: 'ok', action, room };
      }
      case 'getRooms': {
        const all = [...followedBy(socket.user)].sort(([a], [b]) => (a < b ? -1 : 1));
        const after = all.filter(([room]) => room > (message.from ?? ''));
        const page = after.slice(0, 2);
        const next = page.at(-1)?.[0];
        const rooms = page.map(([room, since]) => ({
          ...{ room, since, head: logOf(room).rows.length },
          ...unreadOf(socket.user, room),
        }));
        return { type: 'rooms', rooms, ...(after.length > 2 && next !== undefined && { next }) };
      }
      case 'openDirect': {
        const other = message.user;
        const room = `dm.${[other, socket.user.id].sort().join('.').toLowerCase()}`;
        const since = Math.floor(clock.now());
        followedBy(socket.user).set(room, since);
        for (const own of gateway.live())
          if (own.user.id === socket.user.id) toClient(own, { type: 'roomAdded', room, since, with: other });
        return { type: 'direct', room, with: other };
      }
      case 'read': {
        const { room, seq, version, unread = false } = message;
        if (!followedBy(socket.user).has(room)) return fail('gone');
        const held = marks.get(`${socket.user.id} ${room}`) ?? { seq: 0, version: 0 };
        if (held.version !== version || (!unread && seq <= held.seq))
          return { type: 'error', action: 'read', room, code: 'conflict', message: 'Moved.', read: held };
        const read = { seq, version: unread ? version + 1 : version };
        marks.set(`${socket.user.id} ${room}`, read);
        const told = {
          type: 'readMarked',
          room,
          read,
          head: logOf(room).rows.length,
          ...unreadOf(socket.user, room),
        } as const;
        for (const own of gateway.live())
          if (own !== socket && own.user.id === socket.user.id)
            carry(gateway.faults.push(told, own), own, () => toClient(own, told));
        return told;
      }
      case 'ping': {
        const asked = Object.entries(message.rooms);
        const behind = asked.filter(
          ([room, cursor]) => socket.rooms.has(room) && logOf(room).rows.length > cursor,
        );
        return {
          type: 'pong',
          log: gateway.logId,
          behind: Object.fromEntries(behind.map(([room]) => [room, logOf(room).rows.length])),
          notJoined: asked.map(([room]) => room).filter((room) => !socket.rooms.has(room)),
          pingWithinMs: 270_000,
        };
      }
      default:
        return message satisfies never;
    }
  };

  const up = (rows: RoomLog['rows'], after: number, limit = 100): Page => {
    const live = rows.slice(after).filter((row) => row !== undefined);
    const size = Math.min(limit, gateway.pageSize);
    const messages = live.slice(0, size).filter((row, i) => row.seq === (live[0]?.seq ?? 0) + i);
    const truncated = messages[0] && messages[0].seq > after + 1 && { truncated: true as const };
    return { messages, more: messages.length < live.length, ...truncated };
  };

  const down = (rows: RoomLog['rows'], before = rows.length + 1, limit = 100): Page => {
    const size = Math.min(limit, gateway.pageSize);
    const messages: LogEntry[] = [];
    for (let seq = before - 1; seq > 0 && messages.length < size; seq--) {
      const row = rows[seq - 1];
      if (!row) break;
      messages.unshift(row);
    }
    const below = (messages[0]?.seq ?? before) - 1;
    const more = messages.length > 0 && below > 0 && rows[below - 1] !== undefined;
    return { messages, more, ...(below > 0 && !more && { truncated: true as const }) };
  };

  const near = (rows: RoomLog['rows'], seq: number): Omit<History, 'type' | 'room'> => {
    if (seq > rows.length) return { messages: [], more: false, reset: true };
    const half = Math.ceil(gateway.pageSize / 2);
    const { more: older, ...lower } = down(rows, seq + 1, half);
    const upper = up(rows, seq, half);
    const { more } = upper;
    return {
      ...lower,
      messages: [...lower.messages, ...upper.messages],
      more,
      ...(older && { older: true as const }),
    };
  };

  const from = (rows: RoomLog['rows'], at: number): Omit<History, 'type' | 'room'> => {
    const first = rows.find((row) => row && 'at' in row && row.at >= at);
    if (first) return { ...up(rows, first.seq - 1), ...(rows[first.seq - 2] && { older: true as const }) };
    const { more, ...newest } = down(rows);
    return { ...newest, more: false, ...(more && { older: true as const }) };
  };

  const receive = (socket: ServerSocket, frame: string): void => {
    const parsed = parseClientFrame(frame);
    if (!parsed.ok) throw new Error(`The client sent a bad frame: ${parsed.failure.message} ${frame}`);
    const { message } = parsed;
    const fault = gateway.faults.request(message, socket);
    carry(fault, socket, () => {
      socket.received.push(message);
      gateway.received.push(message);
      const given = typeof fault === 'object' && fault.answer;
      const reply = { ...(given || answer(socket, message)), ref: message.ref } as Reply;
      carry(gateway.faults.reply(reply, message, socket), socket, () => toClient(socket, reply));
    });
  };

  const gateway: Gateway = {
    faults: { ...NO_FAULTS },
    sockets: [],
    received: [],
    handshakes: 0,
    logId: 'log-1',
    mostCompared: 500,
    pageSize: 100,
    latencyMs: 10,
    aheadMs: 0,
    live: () => gateway.sockets.filter((socket) => socket.isOpen),

    open(_url, protocols, events) {
      gateway.handshakes++;
      const token =
        protocols.find((each) => each.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length) ?? '';
      const claims = JSON.parse(atob(token.split('.')[1] ?? ''));
      const socket: ServerSocket = {
        id: ++count,
        user: { id: claims.sub, name: claims.name },
        token,
        rooms: new Set(),
        expiresAt: Math.min(claims.exp * 1000 + gateway.aheadMs, clock.now() + lifeMs),
        isOpen: false,
        stop: () => {},
        received: [],
        events,
      };
      let isClosed = false;
      const verdict = gateway.faults.handshake(socket.user);
      if (verdict !== 'silence')
        clock.after(gateway.latencyMs * 2, () => {
          if (isClosed) return;
          if (verdict === 'refuse') return events.close();
          socket.isOpen = true;
          gateway.sockets.push(socket);
          events.open(SUBPROTOCOL);
          socket.stop = clock.after(lifeMs, () => gateway.cut(socket));
        });
      return {
        send: (frame) => {
          if (socket.isOpen) receive(socket, frame);
        },
        close: () => {
          isClosed = true;
          leave(socket);
        },
      };
    },
    entries: (room) => logOf(room).rows,
    post(room, text, from = BOB, type = 'message') {
      const seq = logOf(room).rows.length + 1;
      if (type === 'unknown') return append(room, { type, seq });
      return append(room, { type, seq, id: `foreign-${++foreign}`, text, from, at: clock.now() });
    },
    expire(room, upTo) {
      logOf(room).rows.fill(undefined, 0, upTo);
    },
    restore(room, rows) {
      logOf(room).rows = rows;
    },
    cut(socket) {
      if (!socket.isOpen) return;
      leave(socket);
      socket.events.close();
    },
    evict(socket, room) {
      socket.rooms.delete(room);
    },
    push,
  };

  const leave = (socket: ServerSocket): void => {
    socket.isOpen = false;
    socket.stop();
    gateway.sockets = gateway.sockets.filter((other) => other !== socket);
    for (const room of socket.rooms) push(room, { type: 'memberLeft', room, member: socket.user });
  };

  return gateway;
}

/** Counts the reactions of a set, with at most five users of each. */
function summarize({ users }: ReactionSet): Pick<ReactionSummary, 'counts' | 'users'> {
  const on = [...users.values()].filter((each) => each.on);
  const names = [...new Set(on.map(({ name }) => name))];
  const usersOf = (name: string) => on.filter((each) => each.name === name).map(({ user }) => user);
  return {
    counts: Object.fromEntries(names.map((name) => [name, usersOf(name).length])),
    users: Object.fromEntries(names.map((name) => [name, usersOf(name).slice(0, 5)])),
  };
}
