import { Agent } from 'node:http';

/**
 * Node's servers close a connection after 5 idle seconds. This agent drops it sooner, so it never uses a half-closed
 * one.
 */
const IDLES_MS = 4_000;

/** Keeps connections to a server of this stack. */
export function createAgent(): Agent {
  return new Agent({ keepAlive: true, timeout: IDLES_MS });
}
