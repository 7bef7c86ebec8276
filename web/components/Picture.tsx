import { type CSSProperties, useEffect, useRef, useState } from 'react';
import type { AboutFile } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { usePicture } from '../files/usePicture';

interface Props {
  seq: number;
  file: FileInfo;
  about: AboutFile;
  /** One of several of its message: a square. */
  isTile: boolean;
  onOpen(): void;
}

/**
 * A picture of a message in a frame of its size: its tile, or the whole where the browser cannot show that. It is read
 * once it comes near the part that the user sees.
 */
export function Picture({ seq, file, about, isTile, onOpen }: Props) {
  const frame = useRef<HTMLButtonElement>(null);
  const [isNear, setNear] = useState(false);
  const [isWhole, setWhole] = useState(!file.tile);
  const [isBroken, setBroken] = useState(false);
  const state = usePicture(seq, file, { isWanted: isNear, isTile: !isWhole });

  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: '200px' },
    );
    if (frame.current) watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);

  const problem = isBroken ? 'This browser cannot show the picture.' : reasonOf(state);
  return (
    <button
      type="button"
      className={isTile ? 'picture tile' : 'picture'}
      ref={frame}
      style={isTile ? undefined : frameOf(about)}
      aria-haspopup="dialog"
      onClick={({ currentTarget }) => {
        // Not every browser focuses a button that is clicked: the gallery gives the focus back to it.
        currentTarget.focus();
        onOpen();
      }}
    >
      {state.kind === 'shown' && !isBroken ? (
        <img
          src={state.address}
          alt={about.alt ?? file.name}
          onError={() => (isWhole ? setBroken(true) : setWhole(true))}
        />
      ) : (
        <span className="picture-note">{problem === undefined ? file.name : `${file.name}: ${problem}`}</span>
      )}
    </button>
  );
}

function reasonOf(state: ReturnType<typeof usePicture>): string | undefined {
  return state.kind === 'failed' ? state.reason : undefined;
}

/** Reserves the room that the picture will take. A sender that tells no size gets a frame of four to three. */
function frameOf({ width = 240, height = 180 }: AboutFile): CSSProperties {
  const ratio = width / height;
  return { aspectRatio: `${width} / ${height}`, width: `min(${width}px, 24rem, ${20 * ratio}rem)` };
}
