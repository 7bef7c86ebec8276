import { createServer } from 'node:net';
import { listen } from '../../local/util/listen';

/** Gives a port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { port, stop } = await listen(createServer());
  await stop();
  return port;
}
