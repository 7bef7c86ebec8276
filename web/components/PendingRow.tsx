import { memo } from 'react';
import type { PendingSend } from '../../client';
import { timeOf } from '../pure/days';
import { rowClass } from '../pure/rows';
import { Bubble } from './Bubble';
import { Icon } from './Icon';
import { RetryOrDiscard } from './RetryOrDiscard';

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
  const isHeld = send.error?.code === 'held';
  return (
    <article className={rowClass(true, opens, closes)} data-state={send.state}>
      <div className="said">
        <p className="hidden">You</p>
        <Bubble text={send.text}>
          <time dateTime={new Date(send.at).toISOString()}>{timeOf(send.at)}</time>
          <Icon name={isStuck && !isHeld ? 'alert' : send.state === 'sent' ? 'check' : 'clock'} />
          {!isStuck && <span className="hidden">{send.state === 'sent' ? 'sent' : 'sending'}</span>}
        </Bubble>
        {isStuck && (
          <RetryOrDiscard
            id={send.id}
            {...(isHeld
              ? { problem: HELD, retry: 'Check again' }
              : send.state === 'unknown'
                ? { problem: UNKNOWN, retry: 'Send again', onDiscard }
                : { problem: `Not sent. ${send.error?.message ?? ''}`, onDiscard })}
            onRetry={onRetry}
          />
        )}
      </div>
    </article>
  );
});

const HELD = 'This waits for a moderator.';

const UNKNOWN =
  'This may or may not have been sent: the part of the history that would tell is gone. Sending it again may show it twice.';
