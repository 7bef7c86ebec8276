import type { DraftStore } from '../../lib/ports/draftStore';
import type { User } from '../../lib/protocol';

const KEPT_MS = 3_600_000;

interface StoredDraft {
  generation: number;
  parts: Map<number, string>;
  length: number;
  from: User | undefined;
  expiresAt: number;
}

/** Drafts in memory: see `createStores`. */
export function createDraftStore(): DraftStore {
  const drafts = new Map<string, StoredDraft>();
  const keyOf = (room: string, of: number, user: string) => `${room}#${of} ${user}`;
  return {
    async add({ room, of, generation, offset, text, from }, characters, now) {
      const key = keyOf(room, of, from.id);
      const known = drafts.get(key);
      const expiresAt = now + KEPT_MS;
      if (text === undefined) {
        if (known && known.generation > generation) return false;
        drafts.set(key, { generation, parts: new Map(), length: 0, from: undefined, expiresAt });
        return true;
      }
      if (offset === 0 && (known?.generation ?? -1) < generation) {
        drafts.set(key, { generation, parts: new Map([[0, text]]), length: characters, from, expiresAt });
        return true;
      }
      if (known?.generation !== generation) return false;
      if (offset > 0 && known.from && known.length === offset) {
        known.parts.set(offset, text);
        known.length += characters;
        known.expiresAt = expiresAt;
        return true;
      }
      return known.parts.get(offset) === text;
    },
    async read(room, of, user, now) {
      const known = drafts.get(keyOf(room, of, user));
      if (!known?.from || known.expiresAt <= now) return undefined;
      const parts = [...known.parts].sort(([a], [b]) => a - b).map(([, text]) => text);
      return { generation: known.generation, text: parts.join(''), from: known.from };
    },
    async remove(room, of, user) {
      drafts.delete(keyOf(room, of, user));
    },
  };
}
