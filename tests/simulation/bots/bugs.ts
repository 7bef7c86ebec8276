import type { Patch } from '../bundle';
import type { BotsWrong } from './simulateBots';

/** A mistake of a bot, planted in the real sources, and how it is caught. */
export interface BotsBug {
  name: string;
  patches: Patch[];
  caughtAs: BotsWrong[];
}

const BOT = 'client/bot.ts';

export const botsBugs: BotsBug[] = [
  {
    name: 'makes another id of a reply at each start',
    patches: [
      {
        file: BOT,
        find: 'const id = replyId(name, message.seq);',
        replace: "const id = replyId(name, message.seq) + '-' + Math.random().toString(36).slice(2);",
      },
    ],
    caughtAs: ['double'],
  },
  {
    name: 'keeps a question open when it meets the reply',
    patches: [
      {
        file: BOT,
        find: "    if ('id' in entry && entry.id !== undefined && isOwn(entry)) open.delete(entry.id);\n",
        replace: '',
      },
    ],
    caughtAs: ['double'],
  },
  {
    name: 'searches only above the highest seq that it has heard of',
    patches: [
      {
        file: BOT,
        find: 'id: question.id, replyTo, after: cursor };',
        replace: 'id: question.id, replyTo, after: Math.max(cursor, head ?? 0) };',
      },
      { file: BOT, find: ' || cursor < head) return;', replace: ') return;' },
      {
        file: BOT,
        find: "      if (frame.type !== 'joined') return;\n",
        replace:
          "      if ('seq' in frame) head = Math.max(head ?? 0, frame.seq ?? 0);\n" +
          "      if (frame.type !== 'joined') return;\n",
      },
    ],
    caughtAs: ['double'],
  },
  {
    name: 'answers only what comes after its start',
    patches: [{ file: BOT, find: 'Math.max(0, joined.head - lookBack)', replace: 'joined.head' }],
    caughtAs: ['unanswered'],
  },
  {
    name: 'does not repeat a reply',
    patches: [
      {
        file: BOT,
        find: 'if (!(error instanceof ChatError) || isPermanent(error)) return close(question, error);',
        replace: 'if (error) return close(question);',
      },
    ],
    caughtAs: ['unanswered'],
  },
];
