import { useEffect, useState } from 'react';
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
      {chosen.map(({ key, name, content, isPicture, alt = '', isUnopened }) => (
        <li key={key}>
          {isPicture && <Preview picture={content} />}
          <span className="file-words">
            <bdi className="file-name">{name}</bdi>
            <small>{sizeOf(content.size)}</small>
            {isUnopened && <small>Sent unchanged, with its camera data</small>}
            {isPicture && (
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

function Preview({ picture }: { picture: Blob }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(picture);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  return address !== undefined && <img src={address} alt="" />;
}
