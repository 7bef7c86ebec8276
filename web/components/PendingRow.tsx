import { memo } from 'react';
import type { PendingSend } from '../../client';
import { timeOf } from '../pure/days';
import { Icon } from './Icon';
import { rowClass } from './MessageRow';
import { RichText } from './RichText';

interface Props {
  send: PendingSend;
  opens: boolean;
  closes: boolean;
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

/** An own message that is not in the log yet, or failed. */
export const PendingRow = memo(function PendingRow({ send, opens, closes, onRetry, onDiscard }: Props) {
  const isStuck = send.state === 'failed' || send.state === 'unknown';
  return (
    <article className={rowClass(true, opens, closes)} data-state={send.state}>
      <div className="said">
        <p className="hidden">You</p>
        <div className="bubble" dir="auto">
          <div className="text">
            <RichText text={send.text} />
          </div>
          <span className="meta">
            <time dateTime={new Date(send.at).toISOString()}>{timeOf(send.at)}</time>
            <Icon name={isStuck ? 'alert' : send.state === 'sent' ? 'check' : 'clock'} />
            {!isStuck && <span className="hidden">{send.state === 'sent' ? 'sent' : 'sending'}</span>}
          </span>
        </div>
        {isStuck && (
          <div className="stuck">
            <p role="alert">
              {send.state === 'unknown' ? UNKNOWN : `Not sent. ${send.error?.message ?? ''}`}
            </p>
            <button type="button" onClick={() => onRetry(send.id)}>
              {send.state === 'unknown' ? 'Send again' : 'Try again'}
            </button>
            <button type="button" onClick={() => onDiscard(send.id)}>
              Discard
            </button>
          </div>
        )}
      </div>
    </article>
  );
});

const UNKNOWN =
  'This may or may not have been sent: the part of the history that would tell is gone. Sending it again may show it twice.';
