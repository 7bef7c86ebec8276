import { type MessageContent, parseText } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';

/** What the app sends: a message, or a change of one. */
export type NewSend = Pick<OutboxRecord, 'text' | 'more' | 'action' | 'of'>;

/** The change that is sent, if it is one, and of which message. */
export type Change = Pick<NewSend, 'action' | 'of'>;

/** The content of a message or of an edit. A deletion has none. */
export type SendContent = string | Partial<MessageContent>;

/** Reads what the app sends, or gives the reason why it cannot be sent. */
export function readContent(content: SendContent, change?: Change): NewSend | ChatError {
  const { text: given, ...more }: Partial<MessageContent> =
    typeof content === 'string' ? { text: content } : content;
  const text = given?.replace(/\r\n?/g, '\n');
  if (text === undefined || parseText(text)) return { text: text ?? '', more, ...change };
  return new ChatError('badField', 'A message is 1 to 4000 printable characters.');
}
