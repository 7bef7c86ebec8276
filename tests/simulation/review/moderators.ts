import { handleModeratorAction } from '../../../lib/actions/routes';
import type { HeldItem, Reply, User } from '../../../lib/protocol';
import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import { type Lambda, tryToInvoke } from '../lambda';
import { between, pick, type Random, whole } from '../random';
import type { Stores } from '../stores';

const MODERATORS: readonly User[] = [
  { id: 'mo', name: 'Mo' },
  { id: 'mia', name: 'Mia' },
];
const WAITS_MS = { from: 1_000, to: 4_000 };

/** What moderators need. `onAllow` hears of each message that one of them is about to allow. */
interface ModeratorsOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  lambda: Lambda;
  stores: Stores;
  rooms: readonly string[];
  until: number;
  onAllow(author: string, text: string): void;
  /** A message is about to be decided: its author may repeat it at that moment. */
  onDeciding(room: string, item: HeldItem): void;
}

/** A decision that was acknowledged. */
export interface Decided {
  room: string;
  text: string;
  verdict: 'allow' | 'deny';
}

/** Two moderators at once, who decide each for itself, and send a decision again that had no answer. */
export function createModerators(options: ModeratorsOptions) {
  const { clock, random, dice, lambda, stores, rooms, until } = options;
  const decided: Decided[] = [];

  const ask = (user: User, frame: object): Promise<Reply | undefined> => {
    const requester = { id: `${user.id}-1`, user, expiresAt: until, permissions: '*:rwm' };
    return tryToInvoke(lambda, (context) => handleModeratorAction(context, requester, JSON.stringify(frame)));
  };

  const decide = async (user: User, room: string, item: HeldItem): Promise<void> => {
    const { held, message } = item;
    const verdict = pick(random, ['allow', 'deny'] as const);
    if (verdict === 'allow') options.onAllow(message.from.id, message.text);
    options.onDeciding(room, item);
    for (let again = whole(random, 0, 2); again >= 0; again--) {
      const reply = await ask(user, { action: 'decide', room, held, verdict });
      if (reply?.type === 'ok') {
        dice.count(`decided to ${verdict}`);
        decided.push({ room, text: message.text, verdict });
      } else if (reply?.type === 'error' && reply.code === 'gone') dice.count('decided otherwise');
      else continue;
      return;
    }
  };

  const moderate = async (user: User): Promise<void> => {
    await stores.connections.open({ id: `${user.id}-1`, user, expiresAt: until }, until);
    while (clock.now() < until) {
      await clock.wait(between(random, WAITS_MS.from, WAITS_MS.to));
      for (const room of rooms) {
        const queue = await ask(user, { action: 'getQueue', room });
        if (queue?.type !== 'queue') continue;
        for (const item of queue.items) if (item.kind === 'held') await decide(user, room, item);
      }
    }
  };

  return {
    decided,
    start(): void {
      for (const user of MODERATORS) void moderate(user);
    },
    /** Removes a user from a room, by the first moderator, until it is done. */
    async kick(room: string, user: string): Promise<void> {
      const [first = { id: 'mo', name: 'Mo' }] = MODERATORS;
      let reply: Reply | undefined;
      do {
        await clock.wait(between(random, WAITS_MS.from, WAITS_MS.to));
        reply = await ask(first, { action: 'kick', room, user, forMs: 3_600_000 });
      } while (reply?.type !== 'ok' && clock.now() < until);
    },
  };
}
