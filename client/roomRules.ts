import type { RoomSettings, ServerMessage } from '../lib/protocol';
import type { Clock } from './common/platform';
import type { Room, Unsubscribe } from './common/roomTypes';
import { onFrame, request } from './featureRequests';
import * as defaults from './platform/defaults';

export type { RoomSettings };

/** The settings of a room, and this user's mute there. */
export interface RoomRules {
  readonly settings: RoomSettings;
  /** When this user's mute ends, by the client's clock in milliseconds; 0 without one. It may have passed. */
  readonly mutedUntil: number;
  /** When a user that joins in slow mode may send again, in the same way. Own messages since then do not move it. */
  readonly waitUntil: number;
}

/** What holds in a room without rules. */
export const NO_RULES: RoomRules = { settings: {}, mutedUntil: 0, waitUntil: 0 };

/** Changes the settings of a room; those that are not given stay. `''`, 0 and `false` turn one off. */
export async function setRoom(room: Room, settings: RoomSettings): Promise<void> {
  await request(room, { action: 'setRoom', ...settings });
}

/** Makes a user a listed member of a room, who follows it from then on. */
export async function addMember(room: Room, user: string): Promise<void> {
  await request(room, { action: 'addMember', user });
}

/** Takes a user off the list of a room's members, and out of the room. Each user may do that to leave a private room. */
export async function removeMember(room: Room, user: string): Promise<void> {
  await request(room, { action: 'removeMember', user });
}

/** Lets a user read a room and not write in it for `forMs`; 0 ends that. */
export async function mute(room: Room, user: string, forMs: number): Promise<void> {
  await request(room, { action: 'mute', user, forMs });
}

/**
 * Calls back with what holds in a room, and at each change, until it is unsubscribed. Needs no right to moderate. In a
 * room that is joined already it asks the server.
 */
export function watchRules(
  room: Room,
  listener: (rules: RoomRules) => void,
  { clock = defaults.clock }: { clock?: Pick<Clock, 'now'> } = {},
): Unsubscribe {
  let rules = NO_RULES;
  /** The server tells lengths of time, as the client's clock may be wrong. */
  const endOf = (ms = 0): number => (ms > 0 ? clock.now() + ms : 0);
  const tell = (change: Partial<RoomRules>): void => {
    rules = { ...rules, ...change };
    listener(rules);
  };
  const stop = onFrame(room, (frame: ServerMessage) => {
    if (frame.type === 'joined') {
      const { settings = {}, mutedForMs, waitMs } = frame;
      tell({ settings, mutedUntil: endOf(mutedForMs), waitUntil: endOf(waitMs) });
    } else if (frame.type === 'roomSet') tell({ settings: frame.settings });
    else if (frame.type === 'muted') tell({ mutedUntil: endOf(frame.ms) });
  });
  if (room.snapshot.state === 'joined')
    // The next join tells what this one does not.
    request(room, { action: 'joinRoom', after: room.snapshot.cursor }).catch(() => {});
  return stop;
}
