import { type Asker, type Guarded, Unavailable, type World } from '../ports/ports';
import type { Reply } from '../protocol';
import { FLOOD } from '../protocol/errorReplies';

/** Who was closed for a flood may not connect for so long, in milliseconds; other connections of the same user stay. */
const HELD_OFF_MS = 60_000;

/** Gives a reply, and closes the connection of who goes on though refused. */
export async function weighed(world: World & Guarded, asker: Asker, reply: Reply): Promise<Reply> {
  const isLast =
    reply.type === 'error' && world.floods.refused(asker.id, reply.code, world.clock.now()) === 'close';
  told(world, reply);
  if (isLast) await end(world, asker);
  return reply;
}

/** Turns down a frame of a flood. Only where it is to be closed is that worth a line: lines are paid for, too. */
export async function turnDown(
  world: World & Guarded,
  asker: Asker,
  verdict: 'flood' | 'close',
): Promise<Reply> {
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
