/** Requests and pushes, for the frames of all features and for features of an app. */

import type { Reply, ServerMessage } from '../lib/protocol';
import { listFrames } from '../lib/protocol/listFrames';
import type { Chat, ChatRequest } from './common/chatTypes';
import type { Room, RoomRequest, Unsubscribe } from './common/roomTypes';
import * as features from './featureRequests';

export type { ChatRequest, RoomRequest };

/**
 * Asks the server about a room once, on the present connection. Rejects with the server's reason, with `timeout`, or
 * with `notJoined` without a connection. The other features are built on this and on {@link onFrame}.
 */
export function request(room: Room, message: RoomRequest): Promise<Reply>;
/** Asks the server once, as for a room: the message names the room, if it is about one. */
export function request(chat: Chat, message: ChatRequest): Promise<Reply>;
export function request(to: Room | Chat, message: RoomRequest | ChatRequest): Promise<Reply> {
  features.expectFrames(listFrames());
  return features.request(to, message);
}

/** Calls back at each frame about a room, or at each frame of a chat, including those of features. */
export function onFrame(from: Room | Chat, listener: (frame: ServerMessage) => void): Unsubscribe {
  return features.onFrame(from, listener, listFrames());
}
