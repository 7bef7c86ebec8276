import type { MessageView } from '../../client';
import { Excerpt } from './Excerpt';

const MAX_CHARACTERS = 120;

interface Props {
  seq: number;
  /** The message as it stands now, if it is loaded. */
  quoted: MessageView | undefined;
  onJump(seq: number): void;
}

/** The message that another one answers, in a line. It goes there. */
export function Quote({ seq, quoted, onJump }: Props) {
  const text = quoted?.deleted ? 'This message was deleted.' : (quoted?.text ?? 'An earlier message');
  return (
    <button type="button" className="quote" onClick={() => onJump(seq)}>
      <span className="hidden">In reply to </span>
      {quoted && !quoted.deleted && <bdi className="quote-author">{quoted.from.name}</bdi>}
      <span className="quote-text" dir="auto">
        <Excerpt text={text} units={MAX_CHARACTERS}>
          {(line) => line}
        </Excerpt>
      </span>
    </button>
  );
}
