import { answerRoute } from '../lib/answer';
import { createWorld } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';

const world = createWorld();

/** Answers every route but `sendMessage`, and frames that fit none. */
export async function handler(event: SocketEvent) {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerRoute(world, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
}
