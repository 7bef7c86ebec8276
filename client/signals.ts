/** Signals: data of an app for the other connections in a room. No log keeps a signal, and it may be lost. */

import type { Data, Signal } from '../lib/protocol';
import type { Room, Unsubscribe } from './common/roomTypes';
import { onFrame, request } from './featureRequests';

/**
 * Sends a signal to the other connections in a room, own ones too, if it has at most 100. Resolves once the server has
 * passed it on; rejects with `rateLimited` above 2 a second, and with `notJoined` without a connection. The client does
 * not repeat it.
 * @param name 1 to 32 characters of a-z, 0-9, "." and "-".
 * @param data A JSON object of at most 1 KB.
 */
export async function sendSignal(room: Room, name: string, data?: Data): Promise<void> {
  await request(room, { action: 'signal', name, ...(data && { data }) });
}

/** Calls back at each signal of that name from another connection, until it is unsubscribed. */
export function onSignal(room: Room, name: string, listener: (signal: Signal) => void): Unsubscribe {
  return onFrame(room, (frame) => {
    if (frame.type === 'signal' && frame.name === name) listener(frame);
  });
}
