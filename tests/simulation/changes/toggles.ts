import { ChatError } from '../../../client/common/errors';
import { createReactions, type Reactions } from '../../../client/reactions';
import type { World } from '../concern';
import type { Client } from '../fleet';
import { namesOn } from '../reactionStore';
import { findLostReaction, isExpired } from './compare';

/** A change of a reaction as its client knows it; all times are in milliseconds. */
interface Toggle {
  on: boolean;
  began: number;
  /** Missing while it is under way, and for ever if its page ended. */
  ended?: number;
  /** `replaced`: the same client has changed it again. */
  outcome?: 'settled' | 'replaced' | 'failed';
}

/** Users' reactions in all rooms, by the client's own code. */
export interface TogglesOf {
  /** Switches a user's reaction to a message. */
  toggle(client: Client, room: string, of: number, name: string): void;
  /** Compares what settled with the sets, and the sets with what messages show. */
  check(isGone: (user: string) => boolean): void;
}

export function createToggles({ clock, dice, checker, stores }: World): TogglesOf {
  const followed = new Map<string, Reactions>();
  /** By room, message, user and name, in the order of their beginnings. */
  const toggles = new Map<string, Toggle[]>();
  const keyOf = (room: string, of: number, user: string, name: string) => `${room}#${of} ${user} ${name}`;

  const reactionsOf = (client: Client, name: string): Reactions => {
    const key = `${client.name} ${name}`;
    const known = followed.get(key) ?? createReactions(client.chat.room(name), { clock: client.clock });
    followed.set(key, known);
    return known;
  };

  /** Every earlier change of the same reaction had ended when the latest began, and that is settled. */
  const latestOf = (own: readonly Toggle[]): Toggle | undefined => {
    const latest = own.at(-1);
    const isSure = own.every(
      ({ outcome, ended = Number.POSITIVE_INFINITY }, i) =>
        outcome !== undefined &&
        outcome !== 'failed' &&
        (i === own.length - 1 || ended <= (latest?.began ?? 0)),
    );
    return isSure && latest?.outcome === 'settled' ? latest : undefined;
  };

  return {
    toggle(client, room, of, name) {
      const key = keyOf(room, of, client.user.id, name);
      const own = toggles.get(key) ?? [];
      const reactions = reactionsOf(client, room);
      const toggle: Toggle = { on: !own.at(-1)?.on, began: clock.now() };
      toggles.set(key, [...own, toggle]);
      checker.sends++;
      client.open++;
      const end = (outcome: Toggle['outcome']): void => {
        client.open--;
        Object.assign(toggle, { outcome, ended: clock.now() });
        dice.count(`reaction: ${outcome}`);
      };
      (toggle.on ? reactions.add(of, name) : reactions.remove(of, name)).then(
        () => end('settled'),
        (error: unknown) =>
          end(error instanceof ChatError && error.code === 'discarded' ? 'replaced' : 'failed'),
      );
    },

    check(isGone) {
      for (const [place, reacted] of stores.reacted) {
        const [room = '', of] = place.split('#');
        const row = stores.rows.get(room)?.[Number(of)];
        if (!row || row.deleted || row.erased || isExpired(row, clock.now())) continue;
        const ownOf = (user: string, name: string) => toggles.get(keyOf(room, Number(of), user, name)) ?? [];
        const lost = findLostReaction(
          row,
          reacted,
          (user, name) =>
            isGone(user) || ownOf(user, name).some(({ outcome }) => !outcome || outcome === 'failed'),
        );
        if (lost) checker.report('lost', `${place}: ${lost}`);
        for (const [user, set] of reacted.sets)
          for (const name of set.names.keys()) {
            const latest = latestOf(ownOf(user, name));
            if (latest && !isGone(user) && namesOn(set).includes(name) !== latest.on)
              checker.report('overtaken', `${place}: ${name} of ${user} is settled as ${latest.on}`);
          }
      }
    },
  };
}
