/** Reactions to messages: shown at once, and repeated until the room's log holds them. */

import type { LogEntry, ReactionList, ServerMessage } from '../lib/protocol';
import { ChatError } from './common/errors';
import type { Clock } from './common/platform';
import type { Room, Unsubscribe } from './common/roomTypes';
import { isPermanent } from './connection/requestErrors';
import { onFrame, request } from './featureRequests';
import * as defaults from './platform/defaults';
import { type Change, createChangeList } from './reactions/changeList';
import type { Toggles } from './reactions/toggle';
import { userOf } from './room/roomContext';
import { createDeferred } from './util/deferred';
import { createEmitter } from './util/emitter';

export { listReactions, type Reaction } from './reactions/listReactions';
export type { Toggle, Toggles } from './reactions/toggle';

/** A change that no entry holds this long after its reply is sent again, in milliseconds, and this often in all. */
const SETTLE_MS = 1_500;
const MAX_ATTEMPTS = 8;

/** The reactions of a room, followed until `stop()`. */
export interface Reactions {
  /** Own changes of this session, by the seqs of the messages. Immutable; another object after each change. */
  readonly snapshot: ReadonlyMap<number, Toggles>;
  /**
   * Reacts to a message; `snapshot` shows it at once. Resolves once the log holds it; rejects with the server's reason,
   * with `timeout`, or with `discarded` if a later change of the same reaction replaced it.
   */
  add(seq: number, name: string): Promise<void>;
  /** Takes an own reaction back, as `add` adds one. */
  remove(seq: number, name: string): Promise<void>;
  /** Asks who reacted to a message: of each name at most 100 users. */
  who(seq: number): Promise<ReactionList>;
  /** Forgets the failed changes of a message. */
  dismiss(seq: number): void;
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends the subscription to the room. */
  stop(): void;
}

/** Options of {@link createReactions}. Both have defaults. */
export interface ReactionsOptions {
  clock?: Clock;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

/** Follows this user's reactions in a room. A room needs only one. */
export function createReactions(
  room: Room,
  { clock = defaults.clock, onError = console.error }: ReactionsOptions = {},
): Reactions {
  const emitter = createEmitter<{ change(): void }>(onError);
  const changes = createChangeList(() => emitter.emit('change'));
  let lastVersion = 0;

  const nextVersion = (above = 0): number => {
    lastVersion = Math.max(lastVersion + 1, above + 1, Math.floor(clock.now()));
    return lastVersion;
  };

  const settle = (change: Change): void => {
    change.cancel();
    change.toggle = { ...change.toggle, state: 'settled' };
    change.outcome.resolve();
    changes.show(change);
  };

  const fail = (change: Change, error: ChatError): void => {
    change.cancel();
    change.toggle = { ...change.toggle, state: 'failed', error };
    change.outcome.reject(error);
    changes.show(change);
  };

  const settleIfMet = (change: Change): boolean => {
    const isMet = change.toggle.k !== undefined && change.met >= change.toggle.k;
    if (isMet && changes.isCurrent(change)) settle(change);
    return isMet;
  };

  const repeatAfter = (change: Change, ms: number, reason: ChatError): void => {
    if (change.attempts >= MAX_ATTEMPTS) fail(change, reason);
    else change.cancel = clock.after(ms, () => send(change));
  };

  const send = (change: Change): void => {
    const { of, name, toggle, version } = change;
    change.user ??= userOf(room);
    if (change.user !== userOf(room)) {
      fail(change, takenOver());
      return;
    }
    change.attempts++;
    request(room, { action: 'react', of, name, on: toggle.on, v: version }).then(
      (reply) => {
        if (!changes.isCurrent(change) || reply.type !== 'ok' || reply.action !== 'react') return;
        // Another device of this user was later by its clock: what counted this change before counts no more.
        const newer = reply.v;
        if (newer) change.version = nextVersion(newer);
        change.toggle = { ...change.toggle, k: newer ? undefined : (change.toggle.k ?? reply.k) };
        if (settleIfMet(change)) return;
        repeatAfter(change, newer ? 0 : SETTLE_MS, unconfirmed());
        changes.show(change);
      },
      (error: ChatError) => {
        if (!changes.isCurrent(change)) return;
        if (isPermanent(error)) fail(change, error);
        else repeatAfter(change, error.retryAfterMs ?? SETTLE_MS, error);
      },
    );
  };

  const set = (of: number, name: string, on: boolean): Promise<void> => {
    const previous = changes.find(of, name);
    const isUnderWay = previous?.toggle.state === 'pending';
    if (previous && isUnderWay && previous.toggle.on === on) return previous.outcome.promise;
    if (!isUnderWay && !changes.makeSpace())
      return Promise.reject(new ChatError('outboxFull', 'Too many reactions wait: try again later.'));
    previous?.cancel();
    previous?.outcome.reject(new ChatError('discarded', 'A later change replaced it.'));
    const before = previous?.toggle.state === 'settled' ? previous.toggle.on : previous?.toggle.before;
    const change: Change = {
      of,
      name,
      toggle: { on, state: 'pending', before },
      version: nextVersion(),
      user: userOf(room),
      attempts: 0,
      met: 0,
      cancel: () => {},
      outcome: createDeferred(),
    };
    changes.put(change);
    send(change);
    return change.outcome.promise;
  };

  const onEntry = (entry: LogEntry): void => {
    const [of, k] = summaryOf(entry);
    for (const change of changes.all()) {
      if (change.of !== of || !changes.isCurrent(change)) continue;
      change.met = Math.max(change.met, k);
      settleIfMet(change);
    }
  };

  /** What another user of this chat has changed is not this user's. */
  const forgetOthers = (): void => {
    for (const change of changes.all()) {
      change.user ??= userOf(room);
      if (change.user === userOf(room)) continue;
      if (change.toggle.state === 'pending') fail(change, takenOver());
      changes.forget(change);
    }
  };

  const onAny = (frame: ServerMessage): void => {
    if (frame.type === 'joined') forgetOthers();
    if (frame.type === 'reacted' || frame.type === 'message') onEntry(frame);
    else if (frame.type === 'joined' || frame.type === 'history') frame.messages.forEach(onEntry);
  };

  const clear = (): void => {
    for (const change of changes.all()) {
      change.cancel();
      change.outcome.reject(new ChatError('outcomeUnknown', 'The room is not followed any more.'));
      changes.forget(change);
    }
  };

  const stops = [onFrame(room, onAny), room.on('reset', clear)];

  return {
    get snapshot() {
      return changes.snapshot;
    },
    add: (seq, name) => set(seq, name, true),
    remove: (seq, name) => set(seq, name, false),
    async who(of) {
      const reply = await request(room, { action: 'getReactions', of });
      if (reply.type !== 'reactions') throw unconfirmed();
      return reply;
    },
    dismiss(of) {
      for (const change of changes.all())
        if (change.of === of && change.toggle.state === 'failed') changes.forget(change);
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      for (const stop of stops) stop();
      clear();
    },
  };
}

/** The message that an entry has a summary of, and its `k`. */
function summaryOf(entry: LogEntry): [of: number | undefined, k: number] {
  if (entry.type === 'reacted') return [entry.of, entry.k];
  return entry.type === 'message' ? [entry.seq, entry.reactions?.k ?? 0] : [undefined, 0];
}

function takenOver(): ChatError {
  return new ChatError('takenOver', 'Another user has signed in.');
}

function unconfirmed(): ChatError {
  return new ChatError('timeout', 'The room did not confirm the reaction.');
}
