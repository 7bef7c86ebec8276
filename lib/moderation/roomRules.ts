import type { RoomRulesContext } from '../ports/contexts';
import type { Restriction } from '../ports/restrictionStore';
import type { RoomRules, RoomRulesCache } from '../ports/roomSettingsStore';
import type { Action } from '../protocol';
import type { ErrorDetails } from '../protocol/errorReplies';
import { setBounded } from '../util/boundedMap';

/** How long a container works with a room's rules that it has read, in milliseconds. */
const RULES_TTL_MS = 10_000;

/** Maximum number of rooms whose rules are kept. The oldest is removed first. */
const MAX_ROOMS = 500;

const READ_ONLY: ErrorDetails = {
  code: 'readOnly',
  message: 'Only moderators may write in this room.',
};

/** Creates the memory of a container for the rules of rooms. */
export function createRoomRulesCache(): RoomRulesCache {
  const known = new Map<string, { rules: RoomRules; readAt: number }>();
  return {
    get(room, now) {
      const kept = known.get(room);
      return kept && Math.abs(now - kept.readAt) < RULES_TTL_MS ? kept.rules : undefined;
    },
    set: (room, rules, now) => setBounded(known, room, { rules, readAt: now }, MAX_ROOMS),
  };
}

type RulesContext = Pick<RoomRulesContext, 'roomSettings' | 'rulesCache' | 'clock'>;

/** Reads a room's rules, and keeps them in this container. */
export async function readRules(
  { roomSettings, rulesCache, clock }: RulesContext,
  room: string,
): Promise<RoomRules> {
  const now = clock.now();
  const rules = await roomSettings.read(room);
  rulesCache.set(room, rules, now);
  return rules;
}

/** Gives the rules of some rooms, from the memory of this container where that is fresh. */
export async function currentRulesOf(
  { roomSettings, rulesCache, clock }: RulesContext,
  rooms: readonly string[],
): Promise<ReadonlyMap<string, RoomRules>> {
  const now = clock.now();
  // Taken before the read: other frames of this container may drop them meanwhile.
  const known = new Map(
    rooms.flatMap((room) => {
      const rules = rulesCache.get(room, now);
      return rules ? [[room, rules] as const] : [];
    }),
  );
  const asked = rooms.filter((room) => !known.has(room));
  for (const [i, rules] of (await roomSettings.readAll(asked)).entries()) {
    known.set(asked[i] ?? '', rules);
    rulesCache.set(asked[i] ?? '', rules, now);
  }
  return known;
}

/** What writes in a room. Only publications have an id, and a back end need not say where its search begins. */
interface Writing {
  action: Action;
  room: string;
  id?: string;
  after?: number;
}

/**
 * Tells why a user may not write in a room now: it is read-only, or the user is muted. A message also has to wait for
 * its turn in slow mode; its repeat keeps the turn. Deletions are always allowed. A moderator costs no call, nor does a
 * room that this container knows to have no rules.
 */
export async function refuseByRules(
  context: RoomRulesContext,
  { action, room, id, after = 0 }: Writing,
  user: string,
  { mayModerate }: { mayModerate: boolean },
): Promise<ErrorDetails | undefined> {
  if (mayModerate || action === 'deleteMessage') return undefined;
  const { settings, mutedUntil } = await currentRules(context, room);
  const now = context.clock.now();
  const waits = action === 'sendMessage' && settings.slow !== undefined;
  if (settings.readOnly) return READ_ONLY;
  if (mutedUntil <= now && !waits) return undefined;
  const { mutedUntil: ownEnd, nextAt, turn } = await context.restrictions.read(user, room);
  const hasTurn = !waits || (turn !== undefined && turn.id === id && turn.head >= after);
  return refusalOf({ mutedUntil: ownEnd, nextAt: hasTurn ? 0 : nextAt }, now);
}

/**
 * Takes a user's turn in a room in slow mode, for a message that the log does not have up to `head`; tells why it is
 * refused. Nothing is taken elsewhere, nor of a moderator.
 */
export async function takeTurn(
  context: RoomRulesContext,
  { room, id, after, from }: { room: string; id: string; after: number; from: { id: string } },
  head: number,
  { mayModerate }: { mayModerate: boolean },
): Promise<ErrorDetails | undefined> {
  if (mayModerate) return undefined;
  const { slow } = (await currentRules(context, room)).settings;
  if (slow === undefined) return undefined;
  const now = context.clock.now();
  const turn = { id, after, head, now, nextAt: now + slow * 1000 };
  const refusing = await context.restrictions.takeTurn(from.id, room, turn);
  return refusing && refusalOf(refusing, now);
}

/** Gives a room's rules, from the memory of this container where that is fresh. */
export async function currentRules(context: RulesContext, room: string): Promise<RoomRules> {
  return context.rulesCache.get(room, context.clock.now()) ?? readRules(context, room);
}

function refusalOf({ mutedUntil, nextAt }: Restriction, now: number): ErrorDetails | undefined {
  if (mutedUntil > now)
    return { code: 'muted', message: 'A moderator has muted you in this room.', until: mutedUntil };
  if (nextAt <= now) return undefined;
  return {
    code: 'rateLimited',
    message: 'This room is in slow mode: wait and send the same frame again.',
    retryAfterMs: nextAt - now,
    until: nextAt,
  };
}
