import type { MessageContent, MessageEntry } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { Clock, Random } from '../common/platform';
import type { DraftWriter } from '../drafts/draftWriter';
import * as defaults from '../platform/defaults';

const NAME = /^[A-Za-z0-9_-]{1,32}$/;
const LOOK_BACK = 100;
const MAX_LOOK_BACK = 1_000;
const AT_ONCE = 4;
const MAX_AT_ONCE = 100;

/** Options of `startBot`. Only `name` and `answer` have no default. */
export interface BotOptions {
  /**
   * Names the bot, for ever: 1 to 32 characters of A-Z, a-z, 0-9, "_" and "-". Copies of a bot have the same name and
   * the same user; another bot of that user has another name.
   */
  name: string;
  /**
   * Gives the reply to a message, or `undefined` for none. It may be called several times for one message, after a
   * restart and by each copy: the room gets the first reply only. If it throws, the bot calls it twice more. What it
   * writes to the draft is shown in the room until the reply comes.
   */
  answer(question: MessageEntry, draft: Pick<DraftWriter, 'write'>): BotAnswer | Promise<BotAnswer>;
  /** Tells which messages to give to `answer`; all of other users by default. */
  accepts?(message: MessageEntry): boolean;
  /** At its start, the bot answers what it missed among this many last entries: 100 by default, 1,000 at most. */
  lookBack?: number;
  /** How many calls of `answer` may run at the same time: 4 by default, 100 at most. */
  atOnce?: number;
  clock?: Clock;
  random?: Random;
  /** Called with the reason why a question stays without a reply; writes to the console by default. */
  onError?(error: unknown, question?: MessageEntry): void;
}

/** A reply, without `replyTo`: the bot replies to the question. */
export type BotAnswer = string | Omit<MessageContent, 'replyTo'> | undefined;

/**
 * Fills in the defaults of a bot's options.
 * @throws ChatError `badField` for an option that is out of its range.
 */
export function readOptions(options: BotOptions): Required<BotOptions> {
  const { name, answer, accepts = () => true, lookBack = LOOK_BACK, atOnce = AT_ONCE } = options;
  const { clock = defaults.clock, random = Math.random, onError = console.error } = options;
  if (!NAME.test(name))
    throw new ChatError('badField', 'Name a bot with 1 to 32 of A-Z, a-z, 0-9, "_", "-".');
  checkWhole('lookBack', lookBack, 0, MAX_LOOK_BACK);
  checkWhole('atOnce', atOnce, 1, MAX_AT_ONCE);
  return { name, answer, accepts, lookBack, atOnce, clock, random, onError };
}

function checkWhole(option: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new ChatError('badField', `The option "${option}" must be a whole number from ${min} to ${max}.`);
}
