import type { RoomRules } from '../../ports/roomSettingsStore';
import type { Row } from './attributeValues';

/** Gives the key of a room's row in the Members table, in a partition of its own: no room's name has a `#`. */
export function keyFor(room: string): { r: string; c: string } {
  return { r: `settings#${room}`, c: 'settings' };
}

/** Reads what holds in a room from its row. */
export function toRules({ title, slow, readOnly, private: isPrivate, mutedUntil }: Row = {}): RoomRules {
  return {
    settings: {
      ...(title !== undefined && { title: String(title) }),
      ...(slow !== undefined && { slow: Number(slow) }),
      ...(readOnly !== undefined && { readOnly: true }),
      ...(isPrivate !== undefined && { private: true }),
    },
    mutedUntil: Number(mutedUntil ?? 0),
  };
}
