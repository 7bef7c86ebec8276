import type { Draft, LogEntry, User } from '../../lib/protocol';
import type { Cancel, Clock } from '../common/platform';
import type { Room, Unsubscribe } from '../common/roomTypes';
import { onFrame, request } from '../featureRequests';
import * as defaults from '../platform/defaults';
import { createEmitter } from '../util/emitter';

/** A writer that sends nothing for this long has ended, in milliseconds. */
const SILENCE_MS = 60_000;
const MAX_DRAFTS = 100;

/** What a user is writing in answer to the message at `of`. */
export interface DraftView {
  readonly of: number;
  readonly from: User;
  readonly text: string;
}

/** The drafts of a room. */
export interface Drafts {
  /** Oldest first; another array after each change. */
  readonly snapshot: readonly DraftView[];
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends the subscription to the room. */
  stop(): void;
}

/** Options of {@link watchDrafts}. Both have defaults. */
export interface DraftsOptions {
  clock?: Clock;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

interface Kept {
  of: number;
  from: User;
  generation: number;
  /** Of an ended draft there are none. */
  characters: string[] | undefined;
  isAsked: boolean;
  cancel: Cancel;
}

/**
 * Follows the drafts of a room of up to 100 connections. A part that is missing is asked for, so that the text is whole
 * after a lost connection. A draft disappears when its message comes, when the message that it answers goes, and after
 * a minute without a part.
 */
export function watchDrafts(
  room: Room,
  { clock = defaults.clock, onError = console.error }: DraftsOptions = {},
): Drafts {
  const emitter = createEmitter<{ change(): void }>(onError);
  const drafts = new Map<string, Kept>();
  let snapshot: readonly DraftView[] = [];

  const publish = (): void => {
    snapshot = [...drafts.values()].flatMap(({ of, from, characters }) =>
      characters ? [{ of, from, text: characters.join('') }] : [],
    );
    emitter.emit('change');
  };

  const forget = (kept: Kept): void => {
    kept.cancel();
    drafts.delete(keyOf(kept));
    publish();
  };

  const begin = ({ of, from, generation }: Draft): Kept => {
    const kept: Kept = { of, from, generation, characters: [], isAsked: false, cancel: () => {} };
    drafts.get(keyOf(kept))?.cancel();
    drafts.set(keyOf(kept), kept);
    const [oldest] = drafts.values();
    if (oldest && drafts.size > MAX_DRAFTS) forget(oldest);
    return kept;
  };

  const ask = (kept: Kept): void => {
    if (kept.isAsked) return;
    kept.isAsked = true;
    const done = (): void => {
      kept.isAsked = false;
    };
    // The reply comes as a frame. Without one, the next part asks again.
    request(room, { action: 'getDraft', of: kept.of, user: kept.from.id }).then(done, done);
  };

  const onDraft = (draft: Draft): void => {
    const known = drafts.get(keyOf(draft));
    if (known && known.generation > draft.generation) return;
    const kept = known?.generation === draft.generation ? known : begin(draft);
    kept.cancel();
    kept.cancel = clock.after(SILENCE_MS, () => forget(kept));
    if (draft.text === undefined) kept.characters = undefined;
    else if (kept.characters && draft.offset > kept.characters.length) ask(kept);
    else kept.characters?.push(...[...draft.text].slice(kept.characters.length - draft.offset));
    publish();
  };

  const onEntry = (entry: LogEntry): void => {
    for (const kept of drafts.values()) if (isEndedBy(entry, kept)) forget(kept);
  };

  const stops = [
    onFrame(room, (frame) => {
      if (frame.type === 'draft') onDraft(frame);
    }),
    room.on('entry', onEntry),
    room.on('reset', () => drafts.forEach(forget)),
  ];

  return {
    get snapshot() {
      return snapshot;
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      for (const stop of stops) stop();
      for (const { cancel } of drafts.values()) cancel();
    },
  };
}

function keyOf({ of, from }: Pick<Kept, 'of' | 'from'>): string {
  return `${of} ${from.id}`;
}

function isEndedBy(entry: LogEntry, { of, from }: Kept): boolean {
  if (entry.type === 'deleted') return entry.of === of;
  return entry.type === 'message' && entry.replyTo === of && entry.from.id === from.id;
}
