import { may, type Right } from '../auth/permissions';
import { sendMessage } from '../delivery/publishMessage';
import { kick, unban } from '../moderation/removeUser';
import {
  type Asker,
  type Guarded,
  type Metered,
  type Publisher,
  Unavailable,
  type World,
} from '../ports/ports';
import type { Action, ClientMessage, Failure, Reply } from '../protocol';
import { FORBIDDEN, failure, UNAVAILABLE } from '../protocol/errorReplies';
import { parseClientMessage } from '../protocol/parseClientFrame';
import { turnDown, weighed } from '../rateLimiting/floodPolicy';
import type { Facts } from '../telemetry/invocationMetrics';
import { getHistory, joinRoom, leaveRoom, typing } from './joinRoom';
import { ping } from './ping';

/** Answers a frame on the `sendMessage` route. Never throws for what a client or the database did. */
export function answerSend(
  world: Publisher & Metered & Guarded,
  sender: Asker,
  frame: string,
): Promise<Reply> {
  return answer(world, sender, frame, async (message) =>
    message.action === 'sendMessage' ? sendMessage(world, sender, message) : misrouted(message),
  );
}

/** Answers a frame on any other route. Never throws for what a client or the database did. */
export function answerRoute(world: World & Guarded, asker: Asker, frame: string): Promise<Reply> {
  return answer(world, asker, frame, async (message) => {
    switch (message.action) {
      case 'joinRoom':
        return joinRoom(world, asker, message);
      case 'leaveRoom':
        return leaveRoom(world, asker, message);
      case 'getHistory':
        return getHistory(world, asker, message);
      case 'typing':
        return typing(world, asker, message);
      case 'ping':
        return ping(world, asker, message);
      case 'sendMessage':
      case 'kick':
      case 'unban':
        return misrouted(message);
      default:
        return message satisfies never;
    }
  });
}

/** Answers a frame of who looks after a room. Never throws for what a client or the database did. */
export function answerModeration(world: Publisher & Guarded, asker: Asker, frame: string): Promise<Reply> {
  return answer(world, asker, frame, async (message) => {
    switch (message.action) {
      case 'kick':
        return kick(world, asker, message);
      case 'unban':
        return unban(world, asker, message);
      default:
        return misrouted(message);
    }
  });
}

async function answer(
  world: World & Guarded,
  asker: Asker,
  frame: string,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  world.tally.note({ userId: asker.user.id });
  const verdict = world.floods.arrived(asker.id, world.clock.now());
  if (verdict !== 'fine') return turnDown(world, asker, verdict);
  const parsed = parseClientMessage(frame);
  if (!parsed.ok) return weighed(world, asker, parsed.failure);
  const { message } = parsed;
  world.tally.note(subjectOf(message));
  const reply = refuse(world, asker, message) ?? (await attempt(message, act));
  return weighed(world, asker, message.ref === undefined ? reply : { ...reply, ref: message.ref });
}

function subjectOf(message: ClientMessage): Facts {
  return {
    action: message.action,
    ...('room' in message && { room: message.room }),
    ...('id' in message && { messageId: message.id }),
    // Far more often than anything else, and hardly ever of interest.
    ...((message.action === 'ping' || message.action === 'typing') && { level: 'debug' as const }),
  };
}

async function attempt(
  message: ClientMessage,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await act(message);
  } catch (error) {
    if (error instanceof Unavailable) return failure(message, UNAVAILABLE);
    throw error;
  }
}

/** What a token has to allow for a frame. The answer is the same whether the room exists or not. */
const NEEDED: Partial<Record<Action, Right>> = {
  sendMessage: 'write',
  joinRoom: 'read',
  getHistory: 'read',
  typing: 'write',
  kick: 'moderate',
  unban: 'moderate',
};

function refuse(world: World, asker: Asker, message: ClientMessage): Failure | undefined {
  if (asker.expiresAt <= world.clock.now()) return expired(message);
  const right = NEEDED[message.action];
  if (!right || !('room' in message) || may(asker.rights, right, message.room)) return undefined;
  return failure(message, FORBIDDEN);
}

function expired(message: ClientMessage): Failure {
  return failure(message, {
    code: 'expired',
    message: 'The token of this connection has expired: connect again with a new one.',
  });
}

// API Gateway chooses the route by its own reading of the frame: where it differs from ours, ours counts.
function misrouted(message: ClientMessage): Failure {
  return failure(message, {
    code: 'unknownAction',
    message: 'The frame reached the wrong route: send "action" once.',
  });
}
