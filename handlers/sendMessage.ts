import { answerSend } from '../lib/answer';
import { createPublisher } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';

const world = createPublisher();

/** Publishes a message and replies with its acknowledgement. */
export async function handler(event: SocketEvent) {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerSend(world, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
}
