/** Requests and pushes, for the client's own features and for features of an app. */

import { type ClientMessage, featureFrames, type Reply, type ServerMessage } from '../lib/protocol';
import type { Chat, ChatRequest } from './common/chatTypes';
import type { Room, RoomRequest, Unsubscribe } from './common/roomTypes';
import { ask } from './connection/ask';
import { clientContexts } from './connection/clientContext';
import { knownFrames } from './connection/knownFrames';
import { contextOf } from './room/roomContext';

export type { ChatRequest, RoomRequest };

/**
 * Asks the server about a room once, on the present connection. Rejects with the server's reason, with `timeout`, or
 * with `notJoined` without a connection. The other features are built on this and on {@link onFrame}.
 */
export function request(room: Room, message: RoomRequest): Promise<Reply>;
/** Asks the server once, as for a room: the message names the room, if it is about one. */
export function request(chat: Chat, message: ChatRequest): Promise<Reply>;
export function request(to: Room | Chat, message: RoomRequest | ChatRequest): Promise<Reply> {
  expectFeatureFrames();
  if ('snapshot' in to)
    return ask(contextOf(to).connections(), { ...message, room: to.name } as ClientMessage);
  return ask(clientContexts.get(to)?.connections() ?? [], message as ClientMessage);
}

/** Calls back at each frame about a room, or at each frame of a chat, including those of features. */
export function onFrame(from: Room | Chat, listener: (frame: ServerMessage) => void): Unsubscribe {
  expectFeatureFrames();
  return 'snapshot' in from ? from.on('frame', listener) : from.on('frame', listener);
}

/** Only an app that uses features needs the checks of their frames. Until then such frames are ignored. */
function expectFeatureFrames(): void {
  Object.assign(knownFrames, featureFrames());
}
