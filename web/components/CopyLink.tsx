import { useEffect, useState } from 'react';
import { linkTo } from '../pure/places';
import { Icon } from './Icon';

type Outcome = 'copied' | 'failed';

const LABELS: Record<Outcome, string> = {
  copied: 'Link copied',
  failed: 'Copy it from the address bar',
};

/** Copies the link that opens a room. */
export function CopyLink({ room, isCompact = false }: { room: string; isCompact?: boolean }) {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 2500);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(linkTo(room, location.href));
      setOutcome('copied');
    } catch {
      // The browser gives no permission, or the page is not served over https.
      setOutcome('failed');
    }
  };
  return (
    <button type="button" className={isCompact ? 'quiet' : 'soft'} onClick={() => void copy()}>
      <Icon name={outcome === 'copied' ? 'check' : 'link'} />
      <span className={isCompact && !outcome ? 'wide-only' : undefined} role="status">
        {outcome === undefined ? 'Copy link' : LABELS[outcome]}
      </span>
    </button>
  );
}
