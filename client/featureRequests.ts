import {
  type ClientMessage,
  type FrameShapes,
  featureFrames,
  type Reply,
  type ServerMessage,
} from '../lib/protocol';
import type { Chat, ChatRequest } from './common/chatTypes';
import type { Room, RoomRequest, Unsubscribe } from './common/roomTypes';
import { ask } from './connection/ask';
import { clientContexts } from './connection/clientContext';
import { knownFrames } from './connection/knownFrames';
import { contextOf } from './room/roomContext';

export type { ChatRequest, RoomRequest };

/** Asks the server once, as `request` of `edge-chat/requests` does, but knows only the frames of common features. */
export function request(to: Room | Chat, message: RoomRequest | ChatRequest): Promise<Reply> {
  expectFrames();
  if ('snapshot' in to)
    return ask(contextOf(to).connections(), { ...message, room: to.name } as ClientMessage);
  return ask(clientContexts.get(to)?.connections() ?? [], message as ClientMessage);
}

/** Calls back at each frame, as `onFrame` of `edge-chat/requests` does. It may be told further frames. */
export function onFrame(
  from: Room | Chat,
  listener: (frame: ServerMessage) => void,
  further?: FrameShapes,
): Unsubscribe {
  expectFrames(further);
  return 'snapshot' in from ? from.on('frame', listener) : from.on('frame', listener);
}

/** Only an app that uses features needs the checks of their frames. Until then such frames are ignored. */
export function expectFrames(further?: FrameShapes): void {
  Object.assign(knownFrames, featureFrames(), further);
}
