import { type ParsedClientFrame, readClientMessage } from './index';
import { readObject } from './json';

/** Reads one frame from a client. Never throws. */
export function parseClientFrame(frame: string): ParsedClientFrame {
  const object = readObject(frame, 'frame');
  if (object.ok) return readClientMessage(object.value);
  return { ok: false, failure: { type: 'error', code: object.code, message: object.reason } };
}
