import { type HTMLAttributes, type ReactNode, useEffect, useRef } from 'react';

interface Props extends Pick<HTMLAttributes<HTMLDialogElement>, 'onKeyDown' | 'onPointerDown'> {
  label: string;
  className?: string;
  onClose(): void;
  /** `close` gives the focus back before the dialog goes. */
  children(close: () => void): ReactNode;
}

/** A dialog over the page, by default a small one. Escape closes it. */
export function PickerDialog({ label, className = 'picker', onClose, children, ...handlers }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} className={className} aria-label={label} onClose={onClose} {...handlers}>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
