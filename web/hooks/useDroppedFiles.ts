import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * Takes files that the user pastes into the form around an element or drops on its room. Tells whether files are held
 * over the room.
 */
export function useDroppedFiles(
  inside: RefObject<HTMLElement | null>,
  onFiles: (files: Iterable<File>) => void,
): boolean {
  const [isDropping, setDropping] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;

  useEffect(() => {
    const form = inside.current?.closest('form');
    const pane = inside.current?.closest<HTMLElement>('.pane');
    if (!form || !pane) return;
    const end = new AbortController();
    const { signal } = end;
    const onDrag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDropping(event.type === 'dragover');
      if (event.type === 'drop') latest.current(event.dataTransfer.files);
    };
    pane.addEventListener('dragover', onDrag, { signal });
    pane.addEventListener('drop', onDrag, { signal });
    pane.addEventListener(
      'dragleave',
      ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && pane.contains(relatedTarget))) setDropping(false);
      },
      { signal },
    );
    form.addEventListener(
      'paste',
      ({ clipboardData }) => {
        // A text that comes with a picture of itself is meant as text.
        if (clipboardData && !clipboardData.types.includes('text/plain')) latest.current(clipboardData.files);
      },
      { signal },
    );
    return () => end.abort();
  }, [inside]);

  return isDropping;
}
