import { type MessageContent, parseText } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';

/** What the app sends: a message, or a change of one. */
export type Draft = Pick<OutboxRecord, 'text' | 'more' | 'action' | 'of'>;

/** Reads what the app sends, or gives the reason why it cannot be sent. A deletion has no content. */
export function draftOf(
  content: string | Partial<MessageContent>,
  change: Pick<Draft, 'action' | 'of'>,
): Draft | ChatError {
  const { text: given, ...more }: Partial<MessageContent> =
    typeof content === 'string' ? { text: content } : content;
  const text = given?.replace(/\r\n?/g, '\n');
  if (text === undefined || parseText(text) !== undefined) return { text: text ?? '', more, ...change };
  return new ChatError('badField', 'A message is 1 to 4000 printable characters.');
}
