import type { ReactNode } from 'react';
import { RichText } from './RichText';

interface Props {
  text: string;
  quote?: ReactNode;
  /** The time, and what became of the message. */
  children: ReactNode;
}

/** The words of a message, with its time beside the last line. Without words only the time is shown. */
export function Bubble({ text, quote, children }: Props) {
  return (
    <div className={text || quote ? 'bubble' : 'bubble bare'} dir="auto">
      {quote}
      <div className="words">
        {text && (
          <div className="text">
            <RichText text={text} />
          </div>
        )}
        <span className="meta">{children}</span>
      </div>
    </div>
  );
}
