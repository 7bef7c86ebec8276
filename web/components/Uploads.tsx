import type { FileSend } from '../../client/files';
import { sizeOf } from '../files/size';

interface Props {
  sends: readonly FileSend[];
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

/** The messages whose files are on their way, with how far they are. */
export function Uploads({ sends, onRetry, onDiscard }: Props) {
  if (sends.length === 0) return null;
  return (
    <ul className="uploads" aria-label="Uploads">
      {sends.map(({ id, text, files, state, error, isKept }) => {
        const total = files.reduce((sum, { content }) => sum + content.size, 0);
        const loaded = files.reduce((sum, file) => sum + file.loaded, 0);
        return (
          <li key={id}>
            <span className="file-words">
              <bdi className="file-name">{text}</bdi>
              {state === 'failed' ? (
                <small className="wrong" role="alert">
                  Not sent. {error?.message}
                </small>
              ) : (
                <>
                  <progress max={total} value={loaded} aria-label={`Upload of ${text}`} />
                  <small>{sizeOf(total)}</small>
                  {isKept === false && (
                    <small role="status">
                      This browser stores no files: keep the page open until it is sent.
                    </small>
                  )}
                </>
              )}
            </span>
            {state === 'failed' && (
              <button type="button" className="link" onClick={() => onRetry(id)}>
                Try again
              </button>
            )}
            <button type="button" className="link" onClick={() => onDiscard(id)}>
              {state === 'failed' ? 'Discard' : 'Cancel'}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
