import type { User } from '../../lib/protocol';
import type { MessageView } from '../common/roomTypes';
import type { Toggles } from './toggle';

/** A reaction to a message as this user sees it. */
export interface Reaction {
  readonly name: string;
  readonly count: number;
  /** At most five users. */
  readonly users: readonly User[];
  readonly isMine: boolean;
}

/**
 * Lists the reactions of a message as the user `me` sees them, with the user's own changes that its summary does not
 * hold yet.
 */
export function listReactions(
  { reactions, deleted }: MessageView,
  toggles: Toggles | undefined,
  me: string | undefined,
): Reaction[] {
  if (deleted) return [];
  const counts = new Map(Object.entries(reactions?.counts ?? {}));
  const users = new Map(Object.entries(reactions?.users ?? {}));
  for (const [name, { on, state }] of toggles ?? [])
    if (on && state === 'pending' && !counts.has(name)) counts.set(name, 0);

  return [...counts].flatMap(([name, count]) => {
    const some = users.get(name) ?? [];
    const toggle = toggles?.get(name);
    const isHeld = toggle?.k !== undefined && (reactions?.k ?? 0) >= toggle.k;
    const isShown = toggle !== undefined && toggle.state !== 'failed';
    // A list of all users is sure; a longer one hides whether this user is among them.
    const known = some.length >= count ? some.some(({ id }) => id === me) : undefined;
    const own = isShown && isHeld ? toggle.on : toggle?.before;
    const isIn = known ?? own ?? reactions?.mine?.includes(name) ?? false;
    const isMine = isShown && !isHeld ? toggle.on : isIn;
    const shown = count + Number(isMine) - Number(isIn);
    return shown > 0 ? [{ name, count: shown, users: some, isMine }] : [];
  });
}
