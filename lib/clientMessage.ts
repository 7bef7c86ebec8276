import { readObject } from './json';
import { type Parsed, readClientMessage } from './protocol';

/** Reads one frame from a client. Never throws. */
export function parseClientMessage(frame: string): Parsed {
  const object = readObject(frame, 'frame');
  if (object.ok) return readClientMessage(object.value);
  return { ok: false, failure: { type: 'error', code: object.code, message: object.reason } };
}
