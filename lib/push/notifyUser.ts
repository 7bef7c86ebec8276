import { hasPermission, isForMembers } from '../auth/permissions';
import { countUnread } from '../log/countUnread';
import { serveEntries } from '../log/pendingChanges';
import { previewOf } from '../log/previewOf';
import { readEntry } from '../log/readPage';
import { isOut } from '../moderation/roomAccess';
import { MAX_NOTICE_DELAY_MS, type Notice } from '../ports/noticeQueue';
import type { NotificationState } from '../ports/notificationStore';
import type { Notification, PushResult } from '../ports/pushSender';
import type { OwnSubscription } from '../ports/subscriptionStore';
import { Unavailable } from '../ports/unavailable';
import { isDirect, type LogEntry } from '../protocol';
import { hashOf } from '../util/hashOf';
import { settleAll } from '../util/settleAll';
import type { NotifyContext } from './notifyContext';

/** A user gets no more than one notification of a room in this time, in milliseconds. */
export const NOTIFY_EVERY_MS = 60_000;
/** A notice that lost its claim to another run comes again after this, in milliseconds, or later. */
const MIN_DELAY_MS = 1_000;
/** Characters of a message in a notification. */
const PREVIEW_CHARACTERS = 100;
/** Rows that are read to find a message in the place of a deleted one. */
const ROWS_BELOW = 25;

/**
 * Notifies a user of a room, unless the user has read the message meanwhile, was notified of it, or may not read the
 * room any more. One notification tells of all unread messages up to the head. The claim of a run takes the user's
 * minute: a run that dies is followed by another one after it, with a notification that takes the place of the first.
 * @throws Unavailable when the notice must come again.
 */
export async function notifyUser(context: NotifyContext, notice: Notice): Promise<void> {
  const { clock, notifications, subscriptions, messageCounts } = context;
  const { userHash, room, seq } = notice;
  const own = await subscriptions.read(userHash, clock.now());
  const user = own[0]?.user;
  if (user === undefined) return;
  const state = await notifications.read(userHash, room, clock.now());
  if (!isWanted(state, notice)) return stopWatching(context, notice);
  if (!isOpen(state, notice, clock.now())) return;
  if (state.nextAt > clock.now()) return postpone(context, notice, state.nextAt);

  const entry = await readEntry(context, room, seq);
  if (!(await isNews(context, notice, state, entry, user))) return;
  const head = await messageCounts.readNewest(room);
  const [unread = 0] = await countUnread(context, [{ room, mark: state.mark, head }]);
  if (!head || unread === 0) return;
  // After the log: what was written after the user was removed from the room must not be told.
  const allowed = await findAllowed(context, own, room);
  if (allowed.length === 0) return;

  const now = clock.now();
  const run = String(context.random());
  const nextAt = now + NOTIFY_EVERY_MS;
  if (!(await notifications.claim(userHash, room, { run, seq, now, nextAt })))
    return postpone(context, notice, now + MIN_DELAY_MS);
  const upTo = head.entry.seq;
  await sendToAll(context, allowed, userHash, {
    ...{ room, seq: upTo, unread },
    ...(notice.isMention && { mention: true }),
    ...(context.hasTexts && wordsOf(entry)),
  });
  await notifications.confirm(userHash, room, run, upTo);
}

/** Tells whether a user follows a room and wants to know of such a message. */
function isWanted(
  state: NotificationState | undefined,
  { room, isMention }: Notice,
): state is NotificationState {
  if (!state) return false;
  const { level = isDirect(room) ? 'all' : 'mentions' } = state;
  return level === 'all' || (level === 'mentions' && isMention);
}

/** Tells whether a user still has to be told of a message. */
function isOpen(
  { mutedUntil = 0, mark, notified }: NotificationState,
  { seq }: Notice,
  now: number,
): boolean {
  return mutedUntil <= now && notified < seq && (mark?.seq ?? 0) < seq;
}

/** Takes a user from the list of a room that the user has left or set to a lower level. */
async function stopWatching({ watchers }: NotifyContext, { userHash, room, watcher }: Notice): Promise<void> {
  if (watcher !== undefined) await watchers.remove(room, userHash, watcher);
}

async function postpone({ notices, clock }: NotifyContext, notice: Notice, until: number): Promise<void> {
  const delay = Math.min(MAX_NOTICE_DELAY_MS, Math.max(MIN_DELAY_MS, until - clock.now()));
  await notices.enqueue([notice], delay);
}

/** Tells whether the message, or else one of the last rows below it, is still there and news to the user. */
async function isNews(
  { log, clock }: NotifyContext,
  { room, seq, isMention }: Notice,
  { mark, notified }: NotificationState,
  entry: LogEntry | undefined,
  user: string,
): Promise<boolean> {
  const isOfOther = (each: LogEntry | undefined) => each?.type === 'message' && each.from.id !== user;
  if (isMention) return entry?.type === 'message' && entry.mentions?.includes(user) === true;
  if (isOfOther(entry)) return true;
  const now = clock.now();
  const above = Math.max(mark?.seq ?? 0, notified);
  const rows = await log.readBackward(room, seq, ROWS_BELOW, now);
  const below = await serveEntries(
    log,
    room,
    rows.filter((row) => row.seq > above),
    now,
  );
  return below.some(isOfOther);
}

/** Gives the subscriptions whose token still lets the user read the room. */
async function findAllowed(
  context: NotifyContext,
  subscriptions: readonly OwnSubscription[],
  room: string,
): Promise<OwnSubscription[]> {
  const readers = subscriptions.filter(({ permissions }) => hasPermission(permissions, 'read', room));
  const kinds = new Map<boolean, boolean>();
  for (const { user, permissions } of readers) {
    const onlyAsMember = isForMembers(permissions, room);
    if (!kinds.has(onlyAsMember))
      kinds.set(onlyAsMember, await isOut(context, { id: user, name: '' }, onlyAsMember, room));
  }
  return readers.filter(({ permissions }) => kinds.get(isForMembers(permissions, room)) === false);
}

/** Sends to all of a user's browsers, and forgets those that are gone. */
async function sendToAll(
  { sender, subscriptions, metrics }: NotifyContext,
  allowed: readonly OwnSubscription[],
  userHash: string,
  notification: Notification,
): Promise<void> {
  const results = await settleAll(
    ...allowed.map(async (subscription): Promise<PushResult> => {
      const result = await sender.send(subscription, notification);
      if (result === 'gone') await subscriptions.remove(userHash, hashOf(subscription.endpoint));
      if (result === 'delivered') metrics.increment('Notifications');
      return result;
    }),
  );
  if (!results.includes('failed')) return;
  if (!results.includes('delivered')) throw new Unavailable('No push service took the notification.');
  metrics.increment('NotificationsFailed');
}

function wordsOf(entry: LogEntry | undefined): Pick<Notification, 'from' | 'text'> {
  if (entry?.type !== 'message') return {};
  const { from, text } = previewOf(entry, PREVIEW_CHARACTERS);
  return { from: from.name, text };
}
