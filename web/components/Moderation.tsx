import type { ComponentProps } from 'react';
import { Drawer } from './Drawer';
import { ModerationPanel } from './ModerationPanel';

export interface ModerationProps extends ComponentProps<typeof ModerationPanel> {
  onClose(): void;
}

/** Opens the moderator's view of a room. */
export function Moderation({ onClose, ...props }: ModerationProps) {
  return (
    <Drawer label="Moderate" side="end" onClose={onClose}>
      <div className="people-panel">
        <ModerationPanel {...props} />
      </div>
    </Drawer>
  );
}
