import { answerSend } from '../lib/answer';
import { createWorld } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';

const world = createWorld();

/** Publishes a message and replies with its acknowledgement. */
export async function handler(event: SocketEvent) {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerSend(world, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
}
