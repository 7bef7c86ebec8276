/** Reports of messages. Every reader of a room may report; its moderators list the reports and resolve them. */

import type { ReportedMessage } from '../lib/protocol';
import type { Room } from './common/roomTypes';
import { unexpected } from './connection/requestErrors';
import type { Listed } from './moderation';
import { request } from './requests';

export type { Listed, ReportedMessage };

/**
 * Reports the message at `of` to the moderators of its room. A later report of the same message takes the place of an
 * earlier one. Rejects with `gone`, or with `tooMany` above 50 open reports of this user.
 * @param reason 1 to 200 characters on one line.
 */
export async function report(room: Room, of: number, reason?: string): Promise<void> {
  await request(room, { action: 'report', of, ...(reason !== undefined && { reason }) });
}

/** Gives a part of the reports in a room, by their messages. A part may be empty, and have a `next`. For moderators. */
export async function listReports(room: Room, from?: string): Promise<Listed<ReportedMessage>> {
  const reply = await request(room, { action: 'getQueue', ...(from !== undefined && { from }) });
  if (reply.type !== 'queue') throw unexpected(reply);
  return { items: reply.items, ...(reply.next !== undefined && { next: reply.next }) };
}

/** Ends the reports of the message at `of`, whatever became of it. For moderators. */
export async function resolveReports(room: Room, of: number): Promise<void> {
  await request(room, { action: 'resolveReports', of });
}
