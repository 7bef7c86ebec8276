import { LIMITS } from '../../lib/protocol';

const COUNT_FROM = 200;

/** Tells how many characters are left near the limit, or how many are too many. */
export function charactersLeft(text: string): { count: number; label: string } | undefined {
  // A code unit is at most a character, so a short text needs no counting.
  if (text.length < LIMITS.textCharacters - COUNT_FROM) return undefined;
  const count = LIMITS.textCharacters - [...text].length;
  if (count > COUNT_FROM) return undefined;
  return { count, label: count >= 0 ? `${characters(count)} left` : `${characters(-count)} too many` };
}

function characters(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? 'character' : 'characters'}`;
}

/** Prepares a text for sending: newlines as line ends, no control characters, no empty lines at its ends. */
export function readyToSend(text: string): string {
  const clean = text.replace(/\r\n?/gu, '\n').replace(/(?![\n\t])\p{Cc}/gu, '');
  const body = clean.trimStart();
  // Spaces that indent the first line stay.
  const firstLine = clean.lastIndexOf('\n', clean.length - body.length - 1) + 1;
  return body === '' ? '' : clean.slice(firstLine).trimEnd();
}
