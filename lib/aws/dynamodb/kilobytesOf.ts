import { byteLength } from '../../protocol/byteLength';
import type { Row } from './attributeValues';

/** Gives the kilobytes that the database counts of a row, rounded up: the names and the values of its attributes. */
export function kilobytesOf(row: Row = {}): number {
  const text = Object.entries(row)
    .map(([name, value]) => name + (value instanceof Set ? [...value].join('') : value))
    .join('');
  return Math.ceil(byteLength(text) / 1024);
}
