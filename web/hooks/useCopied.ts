import { useEffect, useState } from 'react';

type Outcome = 'copied' | 'failed';

const SHOWN_MS = 2_500;

/** Copies a text; tells for a moment what came of it. */
export function useCopied(text: () => string): { outcome: Outcome | undefined; copy(): void } {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      // The browser gives no permission, or the page is not served over https.
      setOutcome('failed');
    }
  };
  return { outcome, copy: () => void copy() };
}
