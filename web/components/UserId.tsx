import { useCopied } from '../hooks/useCopied';

/** Shows a user's id, which moderators and operators need, and copies it. */
export function UserId({ id }: { id: string }) {
  const { outcome, copy } = useCopied(() => id);
  return (
    <button type="button" className="user-id" title={`Copy ${id}`} onClick={copy}>
      <code>{id}</code>
      <span role="status">{outcome === 'copied' && ' copied'}</span>
    </button>
  );
}
