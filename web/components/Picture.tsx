import { useEffect, useRef, useState } from 'react';
import type { AboutFile } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { useRoomFiles } from '../files/roomFiles';

interface Props {
  seq: number;
  file: FileInfo;
  about: AboutFile;
}

type Shown = { kind: 'waiting' } | { kind: 'shown'; address: string } | { kind: 'failed'; reason: string };

/** A picture of a message. It is read once it comes near the part that the user sees. */
export function Picture({ seq, file, about }: Props) {
  const files = useRoomFiles();
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const [shown, setShown] = useState<Shown>({ kind: 'waiting' });
  const { id, name, type } = file;

  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: '200px' },
    );
    if (frame.current) watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    if (!isNear) return;
    const end = new AbortController();
    let address: string | undefined;
    files
      .read(seq, id, end.signal)
      .then((content) => {
        if (end.signal.aborted) return;
        address = URL.createObjectURL(new Blob([content], { type }));
        setShown({ kind: 'shown', address });
      })
      .catch((error: Error) => {
        if (!end.signal.aborted) setShown({ kind: 'failed', reason: error.message });
      });
    return () => {
      end.abort();
      if (address) URL.revokeObjectURL(address);
    };
  }, [isNear, files, seq, id, type]);

  return (
    <div className="picture" ref={frame}>
      {shown.kind === 'shown' ? (
        <img
          src={shown.address}
          alt={about.alt ?? name}
          width={about.width}
          height={about.height}
          onError={() => setShown({ kind: 'failed', reason: 'This browser cannot show the picture.' })}
        />
      ) : (
        <p className="picture-note">{shown.kind === 'failed' ? `${name}: ${shown.reason}` : name}</p>
      )}
    </div>
  );
}
