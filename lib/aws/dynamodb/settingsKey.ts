/** The key of a room's settings in the Members table, in a partition of its own: no room's name has a `#`. */
export function settingsKey(room: string) {
  return { r: `settings#${room}`, c: 'settings' };
}
