import type { MessageView } from '../../client';
import { Excerpt } from './Excerpt';
import { Icon } from './Icon';

interface Props {
  kind: 'reply' | 'edit';
  message: MessageView;
  onCancel(): void;
}

const MAX_CHARACTERS = 80;

/** Tells which message the box answers or edits, and ends that. */
export function ComposeMode({ kind, message, onCancel }: Props) {
  return (
    <div className="compose-mode">
      <p>
        {kind === 'edit' ? 'Edit your message' : 'Reply to '}
        {kind === 'reply' && <bdi>{message.from.name}</bdi>}
        <span className="quote-text" dir="auto">
          <Excerpt text={message.text} units={MAX_CHARACTERS}>
            {(line) => line}
          </Excerpt>
        </span>
      </p>
      <button type="button" className="quiet" aria-label="Cancel" onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}
