import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Icon } from './Icon';

interface Props {
  label: string;
  side: 'start' | 'end';
  children: ReactNode;
  onClose(): void;
}

/** A panel over the page, for narrow windows. Escape, its button and a tap beside it close it. */
export function Drawer({ label, side, children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the drawer leaves the page, or else it cannot give the focus back.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape, and the button.
    <dialog
      ref={dialog}
      className={`drawer ${side}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="drawer-body">
        <button type="button" className="quiet drawer-close" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
        {children}
      </div>
    </dialog>
  );
}
