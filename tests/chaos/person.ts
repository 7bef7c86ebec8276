import type { WebSocket } from 'ws';
import { createChat } from '../../client/chat';
import { ChatError } from '../../client/common/errors';
import type { OpenSocket } from '../../client/common/platform';
import { signInGuest } from '../../client/guests';
import { type WebSocketClass, webSocketFrom } from '../../client/platform/defaults';
import { parseServerFrame } from '../../lib/protocol';
import { type Random, whole } from '../simulation/random';
import type { Dice } from './faults';
import type { Witness } from './witness';

const MOST_WORDS = 12;
/** Every so many messages is as long as a message may be. */
const LONG_EVERY = 100;
const LONGEST_TEXT = 4_000;

export interface PersonOptions {
  name: string;
  roomName: string;
  pingEveryMs: number;
  /** The stack's address, and that of its socket. */
  url: string;
  socketUrl: string;
  socketClass: new (url: string, protocols: string[]) => WebSocket;
  random: Random;
  witness: Witness;
  dice: Dice;
  /** Something is not as it was. */
  changed(): void;
}

/** A user in a room, with the real client over real sockets. */
export interface Person {
  name: string;
  roomName: string;
  random: Random;
  enter(): Promise<void>;
  isConnected(): boolean;
  /** When it last connected, on the clock of `performance`. */
  connectedAt(): number;
  /** Sends some messages at once, and resolves once all have an answer. */
  say(messages: number): Promise<void>;
  isBehind(): boolean;
  /** Where it is in its room, in words. */
  describe(): string;
  close(): void;
}

export function createPerson(options: PersonOptions): Person {
  const { name, roomName, random, witness, dice, changed } = options;
  const { checker } = witness;
  let ids = 0;
  let connectedAt = 0;

  const chat = createChat({
    url: options.socketUrl,
    random,
    pingEveryMs: options.pingEveryMs,
    keepMessages: 100,
    open: openObserved(options.socketClass, (room) => {
      if (room !== roomName) checker.report('leak', `${name} got a frame of ${room}`);
    }),
    newId: () => `${name}-${String(++ids).padStart(8, '0')}`,
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
  chat.on('state', (state) => {
    if (state.kind === 'connected') connectedAt = performance.now();
    if (state.kind === 'connecting' && state.reason) dice.count(`connection lost: ${state.reason}`);
    changed();
  });
  const room = chat.room(roomName);
  room.on('message', (message) => {
    witness.shown(name, roomName, message);
    changed();
  });
  room.on('gap', ({ from, to }) => checker.gap(name, roomName, from, to, () => false));
  room.on('reset', () => checker.report('falseReset', `${name} was told ${roomName} is another log`));

  const sayOne = async (earlier: Promise<void>): Promise<void> => {
    checker.sends++;
    // A room has one send under way at a time: its time starts when the previous send ends.
    let began = performance.now();
    void earlier.then(() => {
      began = performance.now();
    });
    try {
      const { id, seq } = await room.send(textOf(name, checker.sends, random));
      witness.acknowledged(name, roomName, id, seq, performance.now() - began);
    } catch (error) {
      checker.report('stuck', `${name}'s send ended with ${String(error)}`);
    }
  };

  return {
    name,
    roomName,
    random,
    enter() {
      chat.connect();
      return room.join();
    },
    isConnected: () => chat.state.kind === 'connected',
    connectedAt: () => connectedAt,
    async say(messages) {
      let last = Promise.resolve();
      for (let i = 0; i < messages; i++) last = sayOne(last);
      changed();
      await last;
    },
    isBehind: () => (checker.cursor(name, roomName) ?? 0) !== checker.head(roomName),
    describe() {
      const { state, cursor } = room.snapshot;
      return `${name} is at ${cursor} of ${checker.head(roomName)} in ${roomName} (${chat.state.kind}, ${state})`;
    },
    close: chat.close,
  };
}

/** Opens sockets, and tells of the room of every frame that comes in. */
function openObserved(socketClass: WebSocketClass, cameOf: (room: string) => void): OpenSocket {
  const open = webSocketFrom(socketClass);
  return (url, protocols, events) =>
    open(url, protocols, {
      ...events,
      message(frame) {
        const message = parseServerFrame(frame);
        if (message && 'room' in message && message.room !== undefined) cameOf(message.room);
        events.message(frame);
      },
    });
}

function textOf(name: string, number: number, random: Random): string {
  const head = `${name} ${number} `;
  if (number % LONG_EVERY === 0) return head + '🙂'.repeat(LONGEST_TEXT - head.length);
  return `${head}${'naïve wörds '.repeat(whole(random, 0, MOST_WORDS))}.`;
}
