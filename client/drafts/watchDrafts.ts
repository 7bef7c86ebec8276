import { type Draft, LIMITS, type LogEntry, type User } from '../../lib/protocol';
import { ChatError } from '../common/errors';
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
 * Follows the drafts of a room of up to 100 connections. A part that is missing is asked for, and every text after a
 * lost connection. A draft disappears when its message comes, when the message that it answers goes, when its writer is
 * removed from the room, and after a minute without a part.
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

  /** Asks for a whole text, which comes as a frame; tells whether the server answered. Else the next part asks again. */
  const ask = async (kept: Kept): Promise<boolean> => {
    if (kept.isAsked) return true;
    kept.isAsked = true;
    try {
      await request(room, { action: 'getDraft', of: kept.of, user: kept.from.id });
      return true;
    } catch (error) {
      const isGone = error instanceof ChatError && error.code === 'gone';
      if (isGone) kept.characters = undefined;
      publish();
      return isGone;
    } finally {
      kept.isAsked = false;
    }
  };

  /** Brings the texts up to date after a lost connection, one by one. */
  const renew = async (): Promise<void> => {
    for (const kept of drafts.values()) if (kept.characters && !(await ask(kept))) return;
  };

  const onDraft = (draft: Draft): void => {
    const known = drafts.get(keyOf(draft));
    if (known && known.generation > draft.generation) return;
    const kept = known?.generation === draft.generation ? known : begin(draft);
    kept.cancel();
    kept.cancel = clock.after(SILENCE_MS, () => forget(kept));
    if (draft.text === undefined) kept.characters = undefined;
    const { characters } = kept;
    if (characters && draft.offset > characters.length) void ask(kept);
    else if (characters) {
      const space = LIMITS.textCharacters - characters.length;
      characters.push(...[...(draft.text ?? '')].slice(characters.length - draft.offset).slice(0, space));
    }
    publish();
  };

  const onEntry = (entry: LogEntry): void => {
    for (const kept of drafts.values()) if (isEndedBy(entry, kept)) forget(kept);
  };

  const stops = [
    onFrame(room, (frame) => {
      if (frame.type === 'draft') onDraft(frame);
      else if (frame.type === 'joined') void renew();
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
  if (entry.type === 'system') return entry.user.id === from.id;
  return entry.type === 'message' && entry.replyTo === of && entry.from.id === from.id;
}
