import { useEffect, useMemo } from 'react';
import { createDrafts, type Drafts } from '../drafts';
import type { Memory } from '../memory';

/** The drafts of a user, which are stored when the page is hidden or left, at the latest. */
export function useDrafts(memory: Memory, user: string): Drafts {
  const drafts = useMemo(() => createDrafts(memory, user), [memory, user]);
  useEffect(() => {
    addEventListener('pagehide', drafts.flush);
    document.addEventListener('visibilitychange', drafts.flush);
    return () => {
      removeEventListener('pagehide', drafts.flush);
      document.removeEventListener('visibilitychange', drafts.flush);
      // The user may have signed out.
      drafts.drop();
    };
  }, [drafts]);
  return drafts;
}
