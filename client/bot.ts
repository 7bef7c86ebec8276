/** Bots: a function that answers messages of a room, each exactly once, however often the bot is restarted or copied. */

import type { LogEntry, MessageContent, MessageEntry } from '../lib/protocol';
import { type BotAnswer, type BotOptions, readOptions } from './bot/botOptions';
import type { Chat } from './common/chatTypes';
import { ChatError } from './common/errors';
import type { Cancel } from './common/platform';
import { backoff } from './connection/backoff';
import { isPermanent } from './connection/requestErrors';
import { createDraftWriter, type DraftWriter } from './drafts/draftWriter';
import { request } from './featureRequests';
import { createDeferred } from './util/deferred';

export type { BotAnswer, BotOptions } from './bot/botOptions';

/** Questions that wait for an answer. */
const MAX_OPEN = 1_000;
/** A question is given to the function this often before the bot gives it up. */
const MAX_ATTEMPTS = 3;

/** A bot at work. */
export interface Bot {
  /** Resolves once the bot follows the room; rejects if the server refuses the room. */
  readonly ready: Promise<void>;
  /** Ends the bot. Questions without a reply wait for its next start. The room stays joined. */
  stop(): void;
}

interface Question {
  id: string;
  message: MessageEntry;
  isTaken: boolean;
  draft?: DraftWriter;
}

/** Gives the id of a bot's reply to the message with this seq. */
export function replyId(name: string, seq: number): string {
  return `reply-${name}-${seq}`;
}

/**
 * Starts a bot in a room, until `stop()` or the end of the chat. The id of each reply is made from the bot's name and the
 * seq of the question, so the room's log itself says which questions have a reply. In a room that this chat has joined
 * before, the bot answers new messages only.
 * @throws ChatError `badField` for an option that is out of its range.
 */
export function startBot(chat: Chat, roomName: string, options: BotOptions): Bot {
  const { name, answer, accepts, lookBack, atOnce, clock, random, onError } = readOptions(options);

  const room = chat.room(roomName);
  const ready = createDeferred<void>();
  /** Oldest first, by the ids of the replies. */
  const open = new Map<string, Question>();
  /** The bot has met every entry from its oldest open question up to here. */
  let cursor = 0;
  /** Below this head, the reply to an open question may still come. */
  let head: number | undefined;
  let isStopped = false;
  let running = 0;
  let cancelLook: Cancel | undefined;
  /** Replies leave one at a time. */
  let lastSend: Promise<void> = Promise.resolve();

  const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  const isOpen = (question: Question): boolean => !isStopped && open.get(question.id) === question;

  const close = (question: Question, error?: unknown): void => {
    if (!isOpen(question)) return;
    open.delete(question.id);
    if (error !== undefined) onError(error, question.message);
  };

  const ask = async (question: Question): Promise<BotAnswer> => {
    for (let attempt = 1; isOpen(question); attempt++) {
      try {
        question.draft = createDraftWriter(room, question.message.seq, { clock, random });
        return await answer(question.message, question.draft);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS) {
          close(question, error);
          return undefined;
        }
        await wait(backoff(attempt, random));
      }
    }
    return undefined;
  };

  /**
   * Sends until the log holds the reply. It is not in the log from the question up to the cursor, or the question would
   * be closed; the server searches the rest for it.
   */
  const send = async ({ text, ...more }: MessageContent, question: Question): Promise<void> => {
    const replyTo = question.message.seq;
    for (let attempt = 0; isOpen(question); attempt++) {
      try {
        const frame = { ...more, text, id: question.id, replyTo, after: cursor };
        await request(room, { action: 'sendMessage', ...frame });
        return close(question);
      } catch (error) {
        if (!(error instanceof ChatError) || isPermanent(error)) return close(question, error);
        await wait((error.retryAfterMs ?? 0) + backoff(attempt, random));
      }
    }
  };

  const work = async (question: Question): Promise<void> => {
    const given = await ask(question);
    if (given === undefined) close(question);
    else {
      const content = typeof given === 'string' ? { text: given } : given;
      lastSend = lastSend.then(() => send(content, question));
      await lastSend;
    }
    question.draft?.end();
  };

  const look = (): void => {
    cancelLook = undefined;
    if (isStopped || head === undefined || cursor < head) return;
    for (const question of open.values()) {
      if (running >= atOnce) return;
      if (question.isTaken) continue;
      question.isTaken = true;
      running++;
      void work(question).finally(() => {
        running--;
        lookSoon();
      });
    }
  };

  /** Not at once: the room may be in the middle of a page. */
  const lookSoon = (): void => {
    cancelLook ??= clock.after(0, look);
  };

  const add = (message: MessageEntry): void => {
    if (message.from.id === chat.user?.id || !accepts(message)) return;
    const id = replyId(name, message.seq);
    open.set(id, { id, message, isTaken: false });
    const [oldest] = open.values();
    if (oldest && open.size > MAX_OPEN)
      close(oldest, new ChatError('outboxFull', 'Too many questions wait for a reply.'));
  };

  /** After an erasure a reply has no author. */
  const isOwn = (entry: LogEntry): boolean =>
    !('from' in entry) || entry.from === undefined || entry.from.id === chat.user?.id;

  const onEntry = (entry: LogEntry): void => {
    cursor = entry.seq;
    if ('id' in entry && entry.id !== undefined && isOwn(entry)) open.delete(entry.id);
    if (entry.type === 'deleted') open.delete(replyId(name, entry.of));
    if (entry.type === 'message') add(entry);
    lookSoon();
  };

  function stop(): void {
    isStopped = true;
    cancelLook?.();
    for (const end of stops) end();
    open.clear();
  }

  const stops = [
    room.on('entry', onEntry),
    // A reply may be among the entries that have expired.
    room.on('gap', ({ to }) => {
      open.clear();
      cursor = Math.max(cursor, to);
      lookSoon();
    }),
    room.on('reset', () => open.clear()),
    room.on('frame', (frame) => {
      if (frame.type !== 'joined') return;
      head = frame.head;
      lookSoon();
    }),
    chat.on('state', ({ kind }) => {
      if (kind === 'disconnected') stop();
    }),
  ];

  const start = async (): Promise<void> => {
    for (let attempt = 0; !isStopped; attempt++) {
      try {
        const joined = await request(room, { action: 'joinRoom' });
        if (joined.type !== 'joined' || isStopped) return;
        cursor = Math.max(0, joined.head - lookBack);
        return await room.join({ after: cursor, log: joined.log });
      } catch (error) {
        if (!(error instanceof ChatError) || isPermanent(error)) throw error;
        await wait(backoff(attempt, random));
      }
    }
  };

  start().then(ready.resolve, (error) => {
    ready.reject(error);
    onError(error);
  });

  return { ready: ready.promise, stop };
}
