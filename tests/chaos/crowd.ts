import { WebSocket } from 'ws';
import { createConcurrencyLimiter } from '../../lib/fanOut/concurrencyLimiter';
import { between, seeded, whole } from '../simulation/random';
import type { Dice } from './faults';
import { createPacer } from './pacer';
import { createPerson, type Person } from './person';
import type { Timers } from './timers';
import type { Witness } from './witness';

/** So many enter at a time: that all can come at once is shown when all sockets are cut. */
const ENTER_AT_ONCE = 10;
const MOST_MESSAGES = 10;

export interface CrowdOptions {
  clients: number;
  rooms: number;
  sends: number;
  /** Of all clients together. */
  sendsPerSecond: number;
  pingEveryMs: number;
  seed: number;
  url: string;
  socketUrl: string;
  witness: Witness;
  dice: Dice;
  timers: Timers;
}

/** All clients of a run. */
export interface Crowd {
  /** Connects all clients. Resolves when all joined their rooms. */
  enter(): Promise<void>;
  /** Sends all there is to send, and resolves once all of it has an answer. */
  talk(): Promise<void>;
  /** Ends all new sends. */
  hush(): void;
  /** How many are not connected now. */
  away(): number;
  /** Whether every client has reconnected since a time. */
  connectedSince(time: number): () => boolean;
  /** Whether every client was shown everything. */
  isWhole(): boolean;
  /** The clients that were not, and their positions. */
  behind(): string[];
  /** Resolves once something is so. */
  until(isSo: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { clients, rooms, sends, sendsPerSecond, timers } = options;
  const sockets = new Set<WebSocket>();
  const waiting = new Map<() => boolean, () => void>();
  const pacer = createPacer(options.witness.ackMs);
  let isHushed = false;

  class Tracked extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.add(this);
      this.once('close', () => sockets.delete(this));
    }
  }

  const changed = (): void => {
    for (const [isSo, resolve] of waiting) {
      if (!isSo()) continue;
      waiting.delete(isSo);
      resolve();
    }
  };

  const people = Array.from({ length: clients }, (_, index) =>
    createPerson({
      ...options,
      name: `c${index}`,
      roomName: `room-${index % rooms}`,
      random: seeded(options.seed * 10_007 + index),
      socketClass: Tracked,
      changed,
    }),
  );

  /** Some messages at once, then a while of silence, as people do. */
  const talk = async ({ random, say }: Person, share: number): Promise<void> => {
    const pause = (messages: number) =>
      timers.wait((between(random, 0, 2) * messages * clients * 1000) / sendsPerSecond);
    await pause(MOST_MESSAGES / 2);
    for (let left = share; left > 0; ) {
      const leave = await pacer.enter();
      if (isHushed) return leave();
      const messages = Math.min(left, whole(random, 1, MOST_MESSAGES));
      left -= messages;
      await say(messages);
      leave();
      await pause(messages);
    }
  };

  /** Shares the sends out evenly. */
  const shareOf = (index: number): number =>
    Math.floor((sends * (index + 1)) / clients) - Math.floor((sends * index) / clients);

  return {
    async enter() {
      const limiter = createConcurrencyLimiter();
      limiter.widen(ENTER_AT_ONCE);
      const enter = async (person: Person): Promise<void> => {
        await limiter.enter();
        await person.enter();
        limiter.leave();
      };
      await Promise.all(people.map(enter));
    },
    async talk() {
      await Promise.all(people.map((person, index) => talk(person, shareOf(index))));
    },
    hush() {
      isHushed = true;
    },
    away: () => people.filter((person) => !person.isConnected()).length,
    connectedSince: (time) => () => people.every((person) => person.connectedAt() > time),
    isWhole: () => !people.some((person) => person.isBehind()),
    behind: () => people.filter((person) => person.isBehind()).map((person) => person.describe()),
    until: (isSo) =>
      new Promise((resolve) => {
        waiting.set(isSo, resolve);
        changed();
      }),
    async close() {
      isHushed = true;
      for (const person of people) person.close();
      const closing = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets) socket.terminate();
      await Promise.all(closing);
    },
  };
}
