import { createChat } from '../../client/chat';
import type { Chat } from '../../client/common/chatTypes';
import { MAX_OUTBOX_SIZE } from '../../client/common/constants';
import { ChatError } from '../../client/common/errors';
import type { Clock } from '../../client/common/platform';
import type { Room, Sent } from '../../client/common/roomTypes';
import type { User } from '../../lib/protocol';
import type { Checker } from './checker';
import type { VirtualClock } from './clock';
import { createDevice, type Device } from './devices';
import type { Dice } from './faults';
import type { Gateway } from './gateway';
import type { Random } from './random';
import { type Grants, grantsOf } from './rights';
import type { Scenario } from './scenario';
import type { Stores } from './stores';
import { makeToken } from './token';

/** A page or program of a user, as the simulation sees it. */
export interface Client {
  /** Unlike any other client's. */
  name: string;
  user: User;
  device: Device;
  clock: Clock;
  chat: Chat;
  asked: Set<string>;
  /** When each room was last entered, for the promise that calm messages come promptly. */
  joinedAt: Map<string, number>;
  sent: Map<string, number[]>;
  /** Sends without an answer or an end. */
  open: number;
  /** The client ends at once: nothing of it runs any more. */
  crash(): void;
}

/** All clients that are there, and what they do. */
export interface Fleet {
  readonly clients: readonly Client[];
  start(user: User, device?: Device): Client;
  enter(client: Client, room: string): Room;
  /** Joins again, after the room was left or refused. */
  reenter(client: Client, room: string): void;
  say(client: Client, room: string, text: string): void;
  /** Publishes something in a room, and expects that it ends in the log, or with a code that it may end with. */
  publish(
    client: Client,
    room: string,
    act: (room: Room) => Promise<Sent>,
    mayEndWith?: (code: string) => boolean,
  ): Promise<Sent>;
  /** The client's next token is that of another user. */
  signIn(client: Client, user: User): void;
  /** Ends a client as a user does that closes the page. */
  close(client: Client): void;
  /** Ends a client as a crash does. */
  crash(client: Client): void;
  clientsOf(user: string): readonly Client[];
  /** A client of the user, which may have ended, has entered the room. */
  hasEntered(user: string, room: string): boolean;
  /** Every send has ended, and every client is up to date. */
  isWhole(): boolean;
  readonly totals: { acknowledged: number; shown: number; slowestMs: number };
}

export interface FleetOptions {
  scenario: Scenario;
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  checker: Checker;
  stores: Stores;
  gateway: Gateway;
  grants: Grants;
  /** When an entry was written, in milliseconds since the epoch. */
  writtenAt(room: string, seq: number): number | undefined;
}

export function createFleet(options: FleetOptions): Fleet {
  const { scenario, clock, random, dice, checker, stores, gateway, grants, writtenAt } = options;
  const totals = { acknowledged: 0, shown: 0, slowestMs: 0 };
  let clients: Client[] = [];
  const entered = new Set<string>();
  let devices = 0;
  let started = 0;

  const mayBeGone = (room: string, seq: number): boolean => {
    const row = stores.rows.get(room)?.[seq];
    return !row || (row.expiresAt !== undefined && row.expiresAt <= clock.now() + scenario.skewMs + 1_000);
  };

  const checkFirst = (client: Client, room: string, seq: number): void => {
    const earliest = Math.max(1, checker.head(room) - 99);
    // A page of long entries ends early, and says so.
    const isCut = scenario.changes !== undefined && client.chat.room(room).snapshot.hasOlder;
    const isFirst = seq <= earliest || isCut;
    if (!isFirst && !mayBeGone(room, seq - 1))
      checker.report('skipped', `${client.name} began ${room} at ${seq}`);
    checker.began(client.name, room, seq - 1);
  };

  const checkPromptness = (client: Client, room: string, seq: number): void => {
    const since = Math.max(writtenAt(room, seq) ?? 0, client.joinedAt.get(room) ?? clock.now());
    const tookMs = clock.now() - since;
    // Its pings tell a slow reader what it missed.
    if (client.user.id === scenario.slowUser) return;
    totals.slowestMs = Math.max(totals.slowestMs, tookMs);
    if (scenario.promptMs !== undefined && tookMs > scenario.promptMs)
      checker.report('late', `${client.name} saw ${room}/${seq} after ${Math.round(tookMs)} ms`);
  };

  const onLost = (client: Client, { name }: Room): void => {
    const wasJoined = client.joinedAt.delete(name);
    if (wasJoined && scenario.staysJoined && clients.includes(client))
      checker.report('late', `${client.name} was without a connection in ${name}`);
  };

  const follow = (client: Client, room: Room): void => {
    room.on('change', () => {
      if (room.snapshot.state !== 'joined') onLost(client, room);
      else if (!client.joinedAt.has(room.name)) client.joinedAt.set(room.name, clock.now());
    });
    room.on('entry', (entry) => {
      totals.shown++;
      if (checker.cursor(client.name, room.name) === undefined) checkFirst(client, room.name, entry.seq);
      checker.shown(client.name, room.name, entry);
      checkPromptness(client, room.name, entry.seq);
    });
    room.on('gap', ({ from, to }) => {
      dice.count('gap told');
      checker.gap(client.name, room.name, from, to, (seq) => mayBeGone(room.name, seq));
    });
    room.on('reset', () => {
      dice.count('another log told');
      checker.reset(client.name, room.name);
      client.sent.set(room.name, []);
    });
  };

  const enter = (client: Client, name: string): Room => {
    const room = client.chat.room(name);
    if (!client.asked.has(name)) {
      client.asked.add(name);
      entered.add(`${client.user.id} ${name}`);
      if (client.chat.user) entered.add(`${client.chat.user.id} ${name}`);
      follow(client, room);
      room.join().catch(() => {});
    }
    return room;
  };

  const isExpected = (client: Client, code: string): boolean => {
    const mayBeRefused = scenario.kicks.length > 0 || scenario.rightsChanges > 0 || scenario.signIns > 0;
    if (code === 'outcomeUnknown')
      return (
        mayBeRefused ||
        scenario.retentionMs !== undefined ||
        scenario.erasures > 0 ||
        scenario.restore !== undefined
      );
    if (code === 'outboxFull') return countWaiting(client) >= MAX_OUTBOX_SIZE;
    if (code === 'forbidden') return mayBeRefused;
    return code === 'closed' && (scenario.signIns > 0 || !clients.includes(client));
  };

  const publish: Fleet['publish'] = (client, name, act, mayEndWith = () => false) => {
    const seqs = client.sent.get(name) ?? [];
    client.sent.set(name, seqs);
    const index = seqs.push(0) - 1;
    client.open++;
    checker.sends++;
    const sent = act(enter(client, name));
    sent.then(
      ({ id, seq }) => {
        client.open--;
        totals.acknowledged++;
        seqs[index] = seq;
        checker.acknowledged(client.name, name, id, seq);
        const tookMs = clock.now() - (writtenAt(name, seq) ?? 0);
        if (scenario.acknowledgedMs !== undefined && tookMs > scenario.acknowledgedMs)
          checker.report(
            'late',
            `${client.name} had the acknowledgement of ${name}/${seq} after ${Math.round(tookMs)} ms`,
          );
      },
      (error: unknown) => {
        client.open--;
        const code = error instanceof ChatError ? error.code : String(error);
        dice.count(`send ended with ${code}`);
        if (!isExpected(client, code) && !mayEndWith(code))
          checker.report('stuck', `${client.name}'s send to ${name} ended with ${code}`);
      },
    );
    return sent;
  };

  const leaveFleet = (client: Client): void => {
    clients = clients.filter((other) => other !== client);
  };

  return {
    get clients() {
      return clients;
    },
    totals,
    enter,

    start(user, device = createDevice(`d${devices++}`, clock, random)) {
      const name = `${user.id}-${started++}`;
      let isAlive = true;
      let made = 0;
      const ifAlive = (run: () => void) => () => {
        if (isAlive) run();
      };
      const cancelTear: (() => void)[] = [];
      const ownClock: Clock = {
        now: () => clock.now() + device.clockErrorMs,
        after: (ms, run) => clock.after(ms, ifAlive(run)),
      };
      const chat = createChat({
        url: 'wss://simulation/ws',
        clock: ownClock,
        ...(scenario.keepMessages !== undefined && { keepMessages: scenario.keepMessages }),
        random,
        token: () =>
          makeToken(client.user, clock.now() + scenario.tokenLivesMs, grantsOf(grants, client.user)),
        open(_url, protocols, events) {
          const socket = gateway.connect(protocols, {
            open(protocol) {
              if (isAlive) events.open(protocol);
            },
            close: ifAlive(events.close),
            message(frame) {
              if (isAlive) events.message(frame);
            },
          });
          cancelTear.push(socket.close);
          return socket;
        },
        newId: () => `${name}-${String(made++).padStart(8, '0')}`,
        network: { watch: () => () => {} },
        outbox: device.outbox(() => isAlive),
        onError: (error) => checker.report('stuck', `${name} threw ${String(error)}`),
      });
      const client: Client = {
        name,
        user,
        device,
        clock: ownClock,
        chat,
        asked: new Set(),
        joinedAt: new Map(),
        sent: new Map(),
        open: 0,
        crash() {
          isAlive = false;
          // The network may tell the gateway, or not.
          if (random() < 0.5) for (const close of cancelTear) close();
        },
      };
      clients.push(client);
      chat.connect();
      return client;
    },

    reenter(client, name) {
      enter(client, name)
        .join()
        .catch(() => {});
    },

    say(client, name, text) {
      // Without a token the message is nobody's yet.
      if (client.chat.user) checker.said(client.chat.user.id, name, text);
      publish(client, name, (room) => room.send(text)).catch((error: unknown) => {
        const code = error instanceof ChatError ? error.code : String(error);
        if (code !== 'outcomeUnknown' && code !== 'closed') checker.refused(name, text);
      });
    },

    publish,

    signIn(client, user) {
      client.user = user;
      for (const name of client.asked) entered.add(`${user.id} ${name}`);
    },

    close(client) {
      leaveFleet(client);
      client.chat.close();
    },

    crash(client) {
      leaveFleet(client);
      client.crash();
    },

    hasEntered: (user, room) => entered.has(`${user} ${room}`),
    clientsOf: (user) => clients.filter((client) => client.user.id === user),

    isWhole: () =>
      clients.every(
        ({ open, chat, asked }) =>
          open === 0 && [...asked].every((name) => chat.room(name).snapshot.cursor === checker.head(name)),
      ),
  };
}

/** What waits in all rooms, restored from earlier pages or not. */
function countWaiting({ chat, asked }: Client): number {
  const snapshots = [...asked].map((name) => chat.room(name).snapshot);
  return snapshots.reduce(
    (sum, { pending, pendingChanges }) => sum + pending.length + pendingChanges.length,
    0,
  );
}
