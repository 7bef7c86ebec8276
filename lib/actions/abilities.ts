import { hasPermission, type Permissions, type Right } from '../auth/permissions';
import type { Ability } from '../protocol';

const NEEDED: readonly [Ability, Right][] = [
  ['send', 'write'],
  ['moderate', 'moderate'],
];

/** Lists what a user may do in a room, for `joined`. */
export function abilitiesIn(permissions: Permissions, room: string): Ability[] {
  return NEEDED.filter(([, right]) => hasPermission(permissions, right, room)).map(([ability]) => ability);
}
