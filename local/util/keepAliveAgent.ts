import { Agent } from 'node:http';

/** Node's own servers close a connection that idled for 5 s: one that is given up before is never met half closed. */
const IDLES_MS = 4_000;

/** Keeps connections to a server of this stack. */
export function createAgent(): Agent {
  return new Agent({ keepAlive: true, timeout: IDLES_MS });
}
