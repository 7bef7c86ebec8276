import { pick, type Random, whole } from '../random';

/** What users do to messages in a run, and what befalls them meanwhile. */
export interface ChangesPlan {
  operations: number;
  /** `edits`: most is about few messages, and of few kinds. `reactions`: few users react to two messages. */
  focus: 'all' | 'edits' | 'reactions';
  /** Texts are long, so that pages hold few of them. */
  isWordy: boolean;
  /** How often a client leaves a room, and returns when rows may have expired. */
  absences: number;
  /** How often a page crashes or is closed, and another is opened on its device. */
  pages: number;
  /** How often old rows expire. */
  expiries: number;
  /** Rows expire from the oldest on: then every count of unread messages is exact. */
  expiresInOrder: boolean;
  exports: number;
  /** A user ends, and is erased. */
  hasLeaver: boolean;
}

/** Draws what a run is about. */
export function drawChanges(random: Random): ChangesPlan {
  const focus = pick(random, ['all', 'all', 'edits', 'reactions'] as const);
  return {
    focus,
    operations: focus === 'reactions' ? whole(random, 60, 160) : whole(random, 150, 400),
    isWordy: random() < 0.3,
    absences: pick(random, [0, 1, 2, 3]),
    pages: pick(random, [0, 0, 1, 2]),
    expiries: pick(random, [0, 0, 1, 3]),
    expiresInOrder: random() < 0.5,
    exports: 4,
    hasLeaver: random() < 0.5,
  };
}
