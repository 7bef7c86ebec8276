import type { Chosen } from '../files/pictures';
import { sizeOf } from '../files/size';
import { Icon } from './Icon';

interface Props {
  chosen: readonly Chosen[];
  onChange(key: string, alt: string): void;
  onRemove(key: string): void;
}

/** The files that the next message will have. A picture can be put into words. */
export function FileChips({ chosen, onChange, onRemove }: Props) {
  if (chosen.length === 0) return null;
  return (
    <ul className="file-chips" aria-label="Files of this message">
      {chosen.map(({ key, name, content, preview, alt = '', isUnopened }) => (
        <li key={key}>
          {preview !== undefined && <img src={preview} alt="" />}
          <span className="file-words">
            <bdi className="file-name">{name}</bdi>
            <small>{sizeOf(content.size)}</small>
            {isUnopened && <small>Sent unchanged, with what its camera noted</small>}
            {preview !== undefined && (
              <input
                value={alt}
                maxLength={80}
                placeholder="Describe it"
                aria-label={`What ${name} shows`}
                onChange={({ target }) => onChange(key, target.value)}
              />
            )}
          </span>
          <button type="button" className="quiet" aria-label={`Remove ${name}`} onClick={() => onRemove(key)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
