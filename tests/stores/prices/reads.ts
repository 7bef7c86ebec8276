import { NOW } from '../../unit/harness';
import { ann, ask, open, opened, type Price, rea } from './scene';

export const READS: readonly Price[] = [
  {
    frame: '`getReactions` of 500 users',
    entry: 'getReactions',
    reply: { type: 'reactions' },
    async prepare() {
      const who = await open('member-14', rea, ['full']);
      await opened.stores.reactions.mark('full', 600);
      for (let i = 0; i < 500; i += 50)
        await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            opened.stores.reactions.toggle(
              {
                ...{ room: 'full', of: 600, name: '👏', on: true, v: 1 },
                user: { id: `user-${i + n}`, name: 'N' },
              },
              10,
            ),
          ),
        );
      return () => ask(who, { action: 'getReactions', room: 'full', of: 600 });
    },
  },
  {
    frame: '`getHistory` `around` a seq, of the longest texts',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-9', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', around: 300 });
    },
  },
  {
    frame: '`getHistory` `at` a time, of the longest texts',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-10', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', at: NOW - 1 });
    },
  },
  {
    frame: '`getHistory` of the longest texts',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-4', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', after: 100 });
    },
  },
];
