import { WebSocket } from 'ws';
import { createChat } from '../../client/chat';
import { openWith } from '../../client/defaults';
import { ChatError } from '../../client/errors';
import { signInGuest } from '../../client/guests';
import type { Chat } from '../../client/types';
import type { OpenSocket } from '../../client/world';
import { parseServerMessage } from '../../lib/protocol';
import { between, type Random, seeded, whole } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';
import type { Witness } from './witness';

const MOST_AT_ONCE = 10;
const MOST_WORDS = 12;
/** Every so many messages is as long as a message may be. */
const LONG_EVERY = 100;
const LONGEST_TEXT = 4_000;

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

/** Everybody who chats: the real client, over real sockets. */
export interface Crowd {
  /** Connects everybody, and resolves once all have entered their room. */
  enter(): Promise<void>;
  /** Sends all there is to send, and resolves once all of it has an answer. */
  talk(): Promise<void>;
  /** Nobody begins another send. */
  hush(): void;
  sent(): number;
  /** How many are not connected now. */
  away(): number;
  /** Tells whether everybody has connected anew since a time. */
  connectedSince(time: number): () => boolean;
  /** Everybody has been shown everything. */
  isWhole(): boolean;
  /** Who was not, and where they are. */
  behind(): string[];
  /** Resolves once something is so. */
  until(isSo: () => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Person {
  name: string;
  roomName: string;
  chat: Chat;
  random: Random;
  share: number;
  /** When it last connected, on the clock of `performance`. */
  connectedAt: number;
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { witness, dice, timers } = options;
  const { checker } = witness;
  const sockets = new Set<WebSocket>();
  let sent = 0;
  let isHushed = false;
  const waiting = new Map<() => boolean, () => void>();

  const changed = (): void => {
    for (const [isSo, resolve] of waiting) {
      if (!isSo()) continue;
      waiting.delete(isSo);
      resolve();
    }
  };

  class Tracked extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.add(this);
      this.once('close', () => sockets.delete(this));
    }
  }

  /** Looks at every frame that comes in: nothing may come of a room that was not entered. */
  const openFor = (name: string, roomName: string): OpenSocket => {
    const openSocket = openWith(Tracked);
    return (url, protocols, events) =>
      openSocket(url, protocols, {
        ...events,
        message(frame) {
          const message = parseServerMessage(frame);
          if (message && 'room' in message && message.room !== roomName && message.room !== undefined)
            checker.report('leak', `${name} got a frame of ${message.room}`);
          events.message(frame);
        },
      });
  };

  const invite = (index: number): Person => {
    const name = `c${index}`;
    const roomName = `room-${index % options.rooms}`;
    const random = seeded(options.seed * 10_007 + index);
    let made = 0;
    const chat = createChat({
      url: options.socketUrl,
      random,
      pingEveryMs: options.pingEveryMs,
      keepMessages: 100,
      open: openFor(name, roomName),
      newId: () => `${name}-${String(made++).padStart(8, '0')}`,
      network: { watch: () => () => {} },
      async token({ previous }) {
        dice.count('token');
        return (await signInGuest(`${options.url}/api/token`, name, previous)).token;
      },
      onError(error) {
        if (error instanceof ChatError) dice.count(`token not given: ${error.code}`);
        else checker.report('stuck', `${name}'s client threw ${String(error)}`);
      },
    });
    const share = Math.floor((options.sends * (index + 1)) / options.clients);
    const person: Person = {
      name,
      roomName,
      chat,
      random,
      share: share - Math.floor((options.sends * index) / options.clients),
      connectedAt: 0,
    };
    chat.on('state', (state) => {
      if (state.name === 'connected') person.connectedAt = performance.now();
      if (state.name === 'connecting' && state.reason) dice.count(`connection lost: ${state.reason}`);
      changed();
    });
    const room = chat.room(roomName);
    room.on('message', (message) => {
      witness.shown(name, roomName, message);
      changed();
    });
    room.on('gap', ({ from, to }) => checker.gap(name, roomName, from, to, () => false));
    room.on('reset', () => checker.report('falseReset', `${name} was told ${roomName} is another log`));
    return person;
  };
  const people = Array.from({ length: options.clients }, (_, index) => invite(index));

  const say = async (
    { name, roomName, chat }: Person,
    text: string,
    earlier: Promise<void>,
  ): Promise<void> => {
    sent++;
    checker.sends++;
    changed();
    let begun = performance.now();
    void earlier.then(() => {
      begun = performance.now();
    });
    try {
      const { id, seq } = await chat.room(roomName).send(text);
      witness.acknowledged(name, roomName, id, seq, performance.now() - begun);
    } catch (error) {
      checker.report('stuck', `${name}'s send ended with ${String(error)}`);
    }
  };

  /** Some sends at once, then a while of silence, as people do. */
  const talkAlone = async (person: Person): Promise<void> => {
    const { random } = person;
    const perSecond = options.sendsPerSecond / options.clients;
    const pause = (sends: number) => timers.wait((between(random, 0, 2) * sends * 1000) / perSecond);
    await pause(1);
    for (let left = person.share; left > 0 && !isHushed; ) {
      const batch = Math.min(left, whole(random, 1, MOST_AT_ONCE));
      left -= batch;
      let last = Promise.resolve();
      for (let i = 0; i < batch; i++) last = say(person, textOf(person, left + batch - i), last);
      await last;
      await pause(batch);
    }
  };

  const isBehind = ({ name, roomName }: Person): boolean =>
    (checker.cursor(name, roomName) ?? 0) !== checker.head(roomName);

  const describe = ({ name, roomName, chat }: Person): string => {
    const { state, cursor } = chat.room(roomName).snapshot;
    return `${name} is at ${cursor} of ${checker.head(roomName)} in ${roomName} (${chat.state.name}, ${state})`;
  };

  return {
    async enter() {
      await Promise.all(
        people.map(({ chat, roomName }) => {
          chat.connect();
          return chat.room(roomName).join();
        }),
      );
    },
    async talk() {
      await Promise.all(people.map(talkAlone));
    },
    hush() {
      isHushed = true;
    },
    sent: () => sent,
    away: () => people.filter(({ chat }) => chat.state.name !== 'connected').length,
    connectedSince: (time) => () => people.every(({ connectedAt }) => connectedAt > time),
    isWhole: () => !people.some(isBehind),
    behind: () => people.filter(isBehind).map(describe),
    until: (isSo) =>
      new Promise((resolve) => {
        waiting.set(isSo, resolve);
        changed();
      }),
    async close() {
      for (const { chat } of people) chat.close();
      const closing = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets) socket.terminate();
      await Promise.all(closing);
    },
  };
}

function textOf({ name, random }: Person, number: number): string {
  const head = `${name} ${number} `;
  if (number % LONG_EVERY === 0) return head + '🙂'.repeat(LONGEST_TEXT - head.length);
  return `${head}${'naïve wörds '.repeat(whole(random, 0, MOST_WORDS))}.`;
}
