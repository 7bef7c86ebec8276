/**
 * Reports of messages, and messages that the review holds. Every reader of a room may report. Its moderators list what
 * waits for them, resolve reports and decide about held messages.
 */

import type { HeldItem, ReportedMessage } from '../lib/protocol';
import type { Room } from './common/roomTypes';
import { unexpected } from './connection/requestErrors';
import type { Listed } from './moderation';
import { request } from './requests';

export type { HeldItem, Listed, ReportedMessage };

/**
 * Reports the message at `of` to the moderators of its room. A later report of the same message takes the place of an
 * earlier one. Rejects with `gone`, or with `tooMany` above 50 open reports of this user.
 * @param reason 1 to 200 characters on one line.
 */
export async function report(room: Room, of: number, reason?: string): Promise<void> {
  await request(room, { action: 'report', of, ...(reason !== undefined && { reason }) });
}

/**
 * Gives a part of what waits for a room's moderators: held messages, oldest first, then reports by their messages. A part
 * may be empty, and have a `next`. For moderators.
 */
export async function listQueue(room: Room, from?: string): Promise<Listed<HeldItem | ReportedMessage>> {
  const reply = await request(room, { action: 'getQueue', ...(from !== undefined && { from }) });
  if (reply.type !== 'queue') throw unexpected(reply);
  return { items: reply.items, ...(reply.next !== undefined && { next: reply.next }) };
}

/** Ends the reports of the message at `of`, whatever became of it. For moderators. */
export async function resolveReports(room: Room, of: number): Promise<void> {
  await request(room, { action: 'resolveReports', of });
}

/**
 * Allows or denies a held message. The first decision holds, and `gone` tells that the message waits no more. `unavailable`
 * leaves the outcome open: the same call again finishes it. For moderators.
 * @param reason what its author is told who sends the message again: 1 to 200 characters on one line.
 */
export async function decide(
  room: Room,
  held: string,
  verdict: 'allow' | 'deny',
  reason?: string,
): Promise<void> {
  await request(room, { action: 'decide', held, verdict, ...(reason !== undefined && { reason }) });
}
