import type { Verdict } from '../ports/verdictStore';
import { data, reason } from '../protocol/contentFields';
import { text } from '../protocol/fields';
import { readFields } from '../protocol/readFields';
import { isRecord } from '../util/json';

/** Reads a verdict, or gives `undefined` for anything that is none, unknown fields included. Never throws. */
export function parseVerdict(value: unknown): Verdict | undefined {
  if (!isRecord(value)) return undefined;
  const { verdict, ...rest } = value;
  switch (verdict) {
    case 'allow':
    case 'hold': {
      const read = readFields(rest, {}, {});
      return read.ok ? { verdict } : undefined;
    }
    case 'deny': {
      const read = readFields(rest, {}, { reason });
      return read.ok ? { verdict, ...read.fields } : undefined;
    }
    case 'replace': {
      const read = readFields(rest, { text }, { data });
      return read.ok ? { verdict, ...read.fields } : undefined;
    }
    default:
      return undefined;
  }
}
