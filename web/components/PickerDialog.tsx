import { type ReactNode, useEffect, useRef } from 'react';

interface Props {
  label: string;
  onClose(): void;
  /** `close` gives the focus back before the dialog goes. */
  children(close: () => void): ReactNode;
}

/** A small dialog over the page. Escape closes it. */
export function PickerDialog({ label, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} className="picker" aria-label={label} onClose={onClose}>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
