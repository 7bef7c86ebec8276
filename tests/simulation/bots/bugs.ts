import type { PlantedBug } from '../plantedBugs';
import type { BotsWrong } from './simulateBots';

const BOT = 'client/bot.ts';

export const botsBugs: PlantedBug<BotsWrong>[] = [
  {
    name: 'makes another id of a reply at each start',
    file: BOT,
    find: 'const id = replyId(name, message.seq);',
    replace: "const id = replyId(name, message.seq) + '-' + Math.random().toString(36).slice(2);",
    caughtAs: ['double'],
  },
  {
    name: 'keeps a question open when it meets the reply',
    file: BOT,
    find: "    if ('id' in entry && entry.id !== undefined && isOwn(entry)) open.delete(entry.id);\n",
    replace: '',
    caughtAs: ['double'],
  },
  {
    name: 'searches only above the highest seq that it has heard of',
    file: BOT,
    find: 'id: question.id, replyTo, after: cursor };',
    replace: 'id: question.id, replyTo, after: Math.max(cursor, head ?? 0) };',
    also: [
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
    file: BOT,
    find: 'Math.max(0, joined.head - lookBack)',
    replace: 'joined.head',
    caughtAs: ['unanswered'],
  },
  {
    name: 'does not repeat a reply',
    file: BOT,
    find: 'if (!(error instanceof ChatError) || isPermanent(error)) return close(question, error);',
    replace: 'if (error) return close(question);',
    caughtAs: ['unanswered'],
  },
];
