import { changeSettings } from '../actions/setRoom';
import { muteUser, unmuteUser } from '../moderation/muteUser';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { RoomSettings } from '../protocol';
import { flag, muteMs, room, slow, title, user } from '../protocol/fields';
import { readFields } from '../protocol/readFields';
import { isRecord } from '../util/json';

/** What an operator may order about a room: its settings, or a user's mute there, which 0 ends. */
export type RoomCommand =
  | { order: 'setRoom'; room: string; settings: RoomSettings }
  | { order: 'mute'; room: string; user: string; forMs: number };

/** Reads an order; gives `undefined` for one of another kind. @throws Error that says what would be right. */
export function parseRoomCommand(value: unknown): RoomCommand | undefined {
  const { order, ...fields } = isRecord(value) ? value : {};
  if (order === 'mute') {
    const read = readFields(fields, { room, user, forMs: muteMs }, {});
    if (!read.ok) throw new Error(read.reason);
    return { order, ...read.fields };
  }
  if (order !== 'setRoom') return undefined;
  const read = readFields(fields, { room }, { title, slow, readOnly: flag, private: flag });
  if (!read.ok) throw new Error(read.reason);
  const { room: named, ...settings } = read.fields;
  if (Object.keys(settings).length === 0)
    throw new Error('Give at least one of "title", "slow", "readOnly" and "private".');
  return { order, room: named, settings };
}

/** Carries an order out; tells in a sentence what holds now. @throws Unavailable when the outcome is unknown. */
export async function runRoomCommand(context: ModerationContext, command: RoomCommand): Promise<string> {
  if (command.order === 'setRoom') {
    const failed = await changeSettings(context, command.room, command.settings);
    if (failed) throw new Error(failed.message);
    return `The room ${command.room} has its new settings within ten seconds.`;
  }
  const { user: id, room: named, forMs } = command;
  if (forMs === 0) {
    await unmuteUser(context, named, id);
    return `${id} may write in the room ${named} again.`;
  }
  if (!(await context.users.isKnown(id)))
    throw new Error(`No user ${id} has been here. Copy the id from a message.`);
  const until = context.clock.now() + forMs;
  await muteUser(context, named, { user: id, until });
  return `${id} may not write in the room ${named} until ${new Date(until).toISOString()}.`;
}
