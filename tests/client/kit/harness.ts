import { type Chat, type ChatOptions, createChat, type Room } from '../../../client';
import type { ClientMessage, MessageEntry } from '../../../lib/protocol';
import { seeded } from '../../simulation/random';
import { createClock, type VirtualClock } from './clock';
import { createGateway, type Gateway } from './gateway';

/** A server, its time, and as many clients as a test makes. */
export interface Harness {
  clock: VirtualClock;
  gateway: Gateway;
  random(): number;
  /** What the client reported. */
  errors: unknown[];
  /** The device says that its network may be another one, to each chat. */
  networkChanged(): void;
  chat(user?: string, options?: Partial<ChatOptions>): Chat;
  /** A chat that is connected, and joined to a room. */
  joined(user?: string, room?: string, options?: Partial<ChatOptions>): Promise<{ chat: Chat; room: Room }>;
}

export function createHarness(seed = 1, lifeMs?: number): Harness {
  const clock = createClock();
  const random = seeded(seed);
  const gateway = createGateway(clock, random, lifeMs);
  const errors: unknown[] = [];
  const watchers = new Set<() => void>();
  let ids = 0;

  const harness: Harness = {
    clock,
    gateway,
    random,
    errors,
    networkChanged() {
      for (const changed of [...watchers]) changed();
    },
    chat(user = 'ann', options = {}) {
      // A chat asks for the id of its session first.
      let id: string | undefined = `${user}-session`;
      return createChat({
        url: 'wss://chat.test/ws',
        token: () => tokenFor(user, clock.now()),
        clock,
        random,
        open: gateway.open,
        newId() {
          const given = id ?? `${user}-message-${++ids}`;
          id = undefined;
          return given;
        },
        network: {
          watch(changed) {
            watchers.add(changed);
            return () => watchers.delete(changed);
          },
        },
        onError: (error) => errors.push(error),
        ...options,
      });
    },
    async joined(user, name = 'lobby', options) {
      const chat = harness.chat(user, options);
      const room = chat.room(name);
      chat.connect();
      const entered = room.join();
      await clock.pass(1_000);
      await entered;
      return { chat, room };
    },
  };
  return harness;
}

/** A token as an issuer would sign it, without the signature. */
export function tokenFor(user: string, now: number, livesMs = 24 * 3_600_000): string {
  const iat = Math.floor(now / 1000);
  const payload = { sub: user, name: user, iat, exp: iat + livesMs / 1000 };
  return `h.${btoa(JSON.stringify(payload)).replaceAll('=', '')}.s`;
}

/** The texts a room shows, in its order. */
export function texts(room: Room): string[] {
  return room.snapshot.messages.map((message) => message.text);
}

/** Writes down what the room tells, in the order in which it is told. */
export function listen(room: Room): string[] {
  const heard: string[] = [];
  room.on('message', (message: MessageEntry) => heard.push(message.text));
  room.on('gap', ({ from, to }) => heard.push(`gap ${from}-${to}`));
  room.on('reset', () => heard.push('reset'));
  return heard;
}

/** The frames of one action that reached the server, in order. */
export function received<A extends ClientMessage['action']>(
  { gateway }: Harness,
  action: A,
): Extract<ClientMessage, { action: A }>[] {
  return gateway.received.filter((message) => message.action === action) as never;
}

/** Answers frames of one action with an error, as many times as asked; the first ones, by default one. */
export function refuse(
  { gateway }: Harness,
  action: ClientMessage['action'],
  error: object,
  times = 1,
): void {
  let left = times;
  gateway.faults.request = (message) =>
    message.action === action && left-- > 0
      ? {
          answer: {
            type: 'error',
            action,
            message: 'Refused by the test.',
            ...('room' in message && { room: message.room }),
            ...error,
          },
        }
      : undefined;
}

/** Loses the frames that a test picks, on one of the ways. */
export function lose(
  { gateway }: Harness,
  way: 'reply' | 'push' | 'request',
  picks: (frame: { type?: string; action?: string; seq?: number }) => boolean,
): void {
  gateway.faults[way] = (frame: object) => (picks(frame) ? 'drop' : undefined);
}
