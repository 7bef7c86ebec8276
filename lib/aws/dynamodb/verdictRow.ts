import type { Verdict } from '../../ports/verdictStore';
import type { Row } from './attributeValues';
import { keyOf } from './hashedKey';

/** Gives the key of a verdict's row in the Connections table: a hash of the words and of whose they are. */
export function verdictKey(subject: string): { connection: string } {
  return { connection: keyOf('verdict', subject) };
}

/** Reads a verdict from its row. */
export function verdictOf(row: Row | undefined): Verdict {
  if (typeof row?.verdict !== 'string') throw new Error('The database did not say what it kept.');
  return JSON.parse(row.verdict);
}
