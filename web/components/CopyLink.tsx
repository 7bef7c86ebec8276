import { useCopied } from '../hooks/useCopied';
import { linkTo } from '../pure/hashLinks';
import { Icon } from './Icon';

const LABELS = { copied: 'Link copied', failed: 'Copy it from the address bar' };

/** Copies the link that opens a room. */
export function CopyLink({ room, isCompact = false }: { room: string; isCompact?: boolean }) {
  const { outcome, copy } = useCopied(() => linkTo(room, location.href));
  return (
    <button type="button" className={isCompact ? 'quiet' : 'soft'} onClick={copy}>
      <Icon name={outcome === 'copied' ? 'check' : 'link'} />
      <span className={isCompact && !outcome ? 'wide-only' : undefined} role="status">
        {outcome === undefined ? 'Copy link' : LABELS[outcome]}
      </span>
    </button>
  );
}
