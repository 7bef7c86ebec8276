import { hasPermission, type Permissions } from '../auth/permissions';
import type { Settings } from '../ports/settings';
import type { Ability } from '../protocol';

/** Lists what a user may do in a room of this deployment, for `joined`. */
export function abilitiesIn(
  permissions: Permissions,
  room: string,
  { editMs, takesFiles }: Settings,
): Ability[] {
  const abilities: Ability[] = [];
  const mayWrite = hasPermission(permissions, 'write', room);
  const mayModerate = hasPermission(permissions, 'moderate', room);
  if (mayWrite) abilities.push('send');
  if (mayWrite && editMs > 0) abilities.push('edit');
  if (mayWrite || mayModerate) abilities.push('delete');
  if (mayWrite) abilities.push('react');
  if (mayWrite && takesFiles) abilities.push('attach');
  if (mayModerate) abilities.push('moderate');
  return abilities;
}
