import type { Ack, ErrorFrame, User } from '../../lib/protocol';
import { publishAsWriter } from '../support/publishAsWriter';
import type { Checker } from './checker';
import type { VirtualClock } from './clock';
import type { Dice } from './faults';
import { type Lambda, tryToInvoke } from './lambda';
import { between, type Random } from './random';

/** How long a back end waits before it repeats a post, in milliseconds. */
const REPEAT_MS = { from: 50, to: 1_000 };

export interface BackEndOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  lambda(): Lambda;
  checker: Checker;
}

/** Posts over HTTP as a user: repeats a post until it is acknowledged or refused for good. */
export function createBackEnd({ clock, random, dice, lambda, checker }: BackEndOptions) {
  let made = 0;
  const tryOnce = (author: User, room: string, id: string): Promise<Ack | ErrorFrame | undefined> =>
    tryToInvoke(lambda(), (context) =>
      publishAsWriter(context, author, { action: 'sendMessage', room, id, text: `posted ${id}` }),
    );

  return {
    async post(author: User, room: string): Promise<void> {
      const id = `post-${author.id}-${made++}`;
      checker.said(author.id, room, `posted ${id}`);
      for (;;) {
        const reply = await tryOnce(author, room, id);
        const outcome = reply?.type === 'error' ? reply.code : reply?.type;
        dice.count(`HTTP post: ${outcome ?? 'died'}`);
        if (outcome === 'ack' || outcome === 'forbidden' || outcome === 'notMember') return;
        await clock.wait(between(random, REPEAT_MS.from, REPEAT_MS.to));
      }
    },
  };
}
