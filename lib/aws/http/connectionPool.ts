import { createLine, type Exchange, type Failure, type Line, type LineLimits } from './connection';
import type { Origin } from './endpoint';
import { connect } from './openSocket';

export interface PoolLimits extends LineLimits {
  /** Connections at most. */
  mostLines: number;
  /** A connection must be open after this, in milliseconds, its TLS handshake included. */
  connectTakesMs: number;
}

/** Sends requests to one origin. Never throws, never sends a request twice but for the one case below. */
export interface Pool {
  send(request: string): Promise<Exchange>;
  /** Opens a connection that nobody has asked for yet. */
  openAhead(): void;
  /** Closes every connection. */
  close(): void;
}

const UNREACHABLE: Failure = { ok: false, why: 'unreachable' };

/**
 * Keeps connections to one origin. The last one used is used first, so that few are enough and the rest may go;
 * a new one is opened only while all are busy, and whichever is free first takes the request that waits longest.
 */
export function createPool(origin: Origin, limits: PoolLimits): Pool {
  const lines = new Set<Line>();
  const idle: Line[] = [];
  const waiting: ((line: Line | undefined) => void)[] = [];
  let opening = 0;

  const open = async (): Promise<Line | undefined> => {
    opening++;
    const socket = await connect(origin, limits.connectTakesMs);
    opening--;
    if (!socket) return undefined;
    const line = createLine(socket, limits);
    lines.add(line);
    line.onClosed(() => {
      lines.delete(line);
      ensureGrowth();
    });
    return line;
  };

  /** Opens a connection for whoever waits longest by then, who also hears if that fails. */
  const grow = async (): Promise<void> => {
    const line = await open();
    if (line) release(line);
    else waiting.shift()?.(undefined);
    ensureGrowth();
  };

  const ensureGrowth = (): void => {
    while (opening < waiting.length && lines.size + opening < limits.mostLines) void grow();
  };

  const release = (line: Line): void => {
    if (!line.isUsable()) return;
    const next = waiting.shift();
    if (next) next(line);
    else idle.push(line);
  };

  const takeIdle = (): Line | undefined => {
    for (let line = idle.pop(); line; line = idle.pop()) {
      if (line.isUsable()) return line;
      line.close();
    }
    return undefined;
  };

  const wait = (): Promise<Line | undefined> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      ensureGrowth();
    });

  return {
    async send(request) {
      const line = takeIdle() ?? (await wait());
      if (!line) return UNREACHABLE;
      const isReused = line.wasUsed();
      const outcome = await line.exchange(request);
      release(line);
      // The server may close a kept connection at any time (RFC 9112, section 9.3.1). Others that idled as long are
      // likely dead too, so the repeat takes a new one.
      if (!isReused || outcome.ok || outcome.why !== 'closed') return outcome;
      const fresh = await open();
      if (!fresh) return UNREACHABLE;
      const repeated = await fresh.exchange(request);
      release(fresh);
      return repeated;
    },
    openAhead() {
      void open().then((line) => line && release(line));
    },
    close() {
      for (const line of lines) line.close();
    },
  };
}
