import { parseClientMessage } from './clientMessage';
import { ping } from './heartbeat';
import { kick, unban } from './moderation';
import { type Asker, type Guarded, type Metered, type Publisher, Unavailable, type World } from './ports';
import type { Action, ClientMessage, Failure, Reply } from './protocol';
import { sendMessage } from './publish';
import { FLOOD, FORBIDDEN, failure, UNAVAILABLE } from './replies';
import { may, type Right } from './rights';
import { getHistory, joinRoom, leaveRoom, typing } from './rooms';
import type { Facts } from './tally';

/** Who was closed for a flood may not connect for so long, in milliseconds; other connections of the same user stay. */
const HELD_OFF_MS = 30_000;

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

/** Gives a reply, and closes the connection of who goes on though refused. */
async function weighed(world: World & Guarded, asker: Asker, reply: Reply): Promise<Reply> {
  const isLast =
    reply.type === 'error' && world.floods.refused(asker.id, reply.code, world.clock.now()) === 'close';
  told(world, reply);
  if (isLast) await end(world, asker);
  return reply;
}

/** Turns down a frame of a flood. Only where it is to be closed is that worth a line: lines are paid for, too. */
async function turnDown(world: World & Guarded, asker: Asker, verdict: 'flood' | 'close'): Promise<Reply> {
  const reply: Reply = { type: 'error', ...FLOOD };
  if (verdict === 'flood') {
    world.tally.note({ level: 'debug', outcome: 'error' });
    return reply;
  }
  told(world, reply);
  await end(world, asker);
  return reply;
}

/** Closes a connection, and keeps its user from opening others for a while: else it would go on over the next. */
async function end(world: World & Guarded, asker: Asker): Promise<void> {
  world.tally.note({ level: 'warn' });
  try {
    // Before the close, which it answers by knocking again at once.
    await world.users.holdOff(asker.user.id, world.clock.now() + HELD_OFF_MS);
  } catch (error) {
    // It is told once more if it goes on.
    if (!(error instanceof Unavailable)) throw error;
  }
  await world.poster.close(asker.id);
}

function told(world: World, reply: Reply): void {
  world.tally.note({ outcome: reply.type });
  if (reply.type === 'ack') world.tally.note({ seq: reply.seq });
  if (reply.type === 'error') world.tally.note({ reason: reply.code });
  // Who types too fast is told so, and nobody else needs to know; any other refusal is worth a line.
  if (reply.type === 'error' && reply.code !== 'rateLimited') world.tally.note({ level: 'info' });
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
