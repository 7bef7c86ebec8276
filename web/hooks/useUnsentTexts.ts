import { useEffect, useMemo } from 'react';
import type { Memory } from '../browserStorage';
import { createUnsentTexts, type UnsentTexts } from '../unsentTexts';

/** The unsent texts of a user, which are stored when the page is hidden or left, at the latest. */
export function useUnsentTexts(memory: Memory, user: string): UnsentTexts {
  const unsent = useMemo(() => createUnsentTexts(memory, user), [memory, user]);
  useEffect(() => {
    addEventListener('pagehide', unsent.flush);
    document.addEventListener('visibilitychange', unsent.flush);
    return () => {
      removeEventListener('pagehide', unsent.flush);
      document.removeEventListener('visibilitychange', unsent.flush);
      // The user may have signed out.
      unsent.drop();
    };
  }, [unsent]);
  return unsent;
}
