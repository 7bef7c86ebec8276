import { answerModeration } from '../lib/answer';
import { createGuard, createPublisher } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';
import { watched } from '../lib/watched';

const world = { ...createPublisher(), ...createGuard() };

/** Answers the frames of who looks after a room. */
export const handler = watched('moderate', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerModeration({ ...world, tally }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
