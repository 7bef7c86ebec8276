import { WebSocket } from 'ws';
import { type Chat, ChatError, createChat, type Room, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import type { Judge, Mark } from './judge';
import type { LoadOptions } from './options';
import { createSendWindow } from './sendWindow';

/** Unacknowledged sends of one client: with more, its next send is skipped. */
const MAX_UNANSWERED = 5;
/** The client keeps what it shows; a run looks at each message once. */
const KEPT = 10;

export interface CrowdOptions
  extends Pick<LoadOptions, 'clients' | 'rooms' | 'rate' | 'connectRate' | 'token'> {
  url: URL;
  judge: Judge;
  /** Distinguishes this run's rooms from those of earlier runs. */
  run: string;
}

/** All clients of a run. */
export interface Crowd {
  readonly connected: number;
  /** Sends that were skipped, because too many waited for an answer. */
  readonly heldBack: number;
  /** Refused sends by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Connects all clients and joins their rooms. @throws ChatError if the server refuses one permanently. */
  enter(): Promise<void>;
  /** Sends a message from one client. */
  say(): void;
  close(): void;
}

interface Person {
  index: number;
  chat: Chat;
  room: Room;
  sent: number;
  unanswered: number;
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { clients, rooms, rate, judge, url, token, run } = options;
  const window = createSendWindow(rate);
  const refused = new Map<string, number>();
  let heldBack = 0;
  let turn = 0;

  const socket = new URL('/ws', url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const tokenUrl = new URL('/api/token', url).href;
  const giveToken = (name: string) => async (request: { previous: string | undefined }) =>
    token ?? (await signInGuest(tokenUrl, name, request.previous)).token;

  const people = Array.from({ length: clients }, (_, index): Person => {
    const chat = createChat({
      url: socket.href,
      token: giveToken(`load ${index}`),
      open: webSocketFrom(WebSocket),
      keepMessages: KEPT,
      onError: () => {},
    });
    const room = chat.room(`load-${run}-${index % rooms}`);
    room.on('message', ({ seq, text }) => {
      const mark = markOf(text);
      if (mark) judge.show(index, mark, seq, performance.now());
    });
    room.on('gap', ({ from, to }) => judge.gap(to - from + 1));
    room.on('reset', () => judge.gap(1));
    return { index, chat, room, sent: 0, unanswered: 0 };
  });

  const send = async (person: Person): Promise<void> => {
    const mark = { sender: person.index, nth: ++person.sent };
    const others = Math.floor(clients / rooms) + (person.index % rooms < clients % rooms ? 1 : 0);
    const began = performance.now();
    judge.send(mark, others, began);
    window.start();
    person.unanswered++;
    try {
      const { seq } = await person.room.send(textOf(mark));
      judge.acknowledge(mark, seq, performance.now());
    } catch (error) {
      judge.refuse(mark);
      const code = error instanceof ChatError ? error.code : 'error';
      refused.set(code, (refused.get(code) ?? 0) + 1);
    } finally {
      person.unanswered--;
      window.end(performance.now() - began, performance.now());
    }
  };

  return {
    get connected() {
      return people.filter(({ chat }) => chat.state.kind === 'connected').length;
    },
    get heldBack() {
      return heldBack;
    },
    refused,
    async enter() {
      const entering: Promise<void>[] = [];
      for (const { chat, room } of people) {
        chat.connect();
        entering.push(room.join());
        await new Promise((resolve) => setTimeout(resolve, 1000 / options.connectRate));
      }
      await Promise.all(entering);
    },
    say() {
      const person = people[turn++ % people.length];
      if (!person) return;
      if (person.unanswered >= MAX_UNANSWERED || !window.hasSpace) heldBack++;
      else void send(person);
    },
    close() {
      for (const { chat } of people) chat.close();
    },
  };
}

/** About as long as a user's message. */
const FILLER = 'x'.repeat(120);

function textOf({ sender, nth }: Mark): string {
  return `${sender}.${nth}.${FILLER}`;
}

function markOf(text: string): Mark | undefined {
  const [, sender, nth] = /^(\d+)\.(\d+)\./.exec(text) ?? [];
  return sender && nth ? { sender: Number(sender), nth: Number(nth) } : undefined;
}
