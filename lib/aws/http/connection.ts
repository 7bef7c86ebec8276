import type { Socket } from 'node:net';
import {
  createResponseParser,
  type HttpResponse,
  type ParseProgress,
  type ResponseParser,
} from './responseParser';

/** The result of one request. */
export type HttpResult = ({ ok: true } & Pick<HttpResponse, 'status' | 'body' | 'errorType'>) | HttpFailure;

/**
 * The reason of a failure. The connection was `unreachable`, the response `late`, or the connection `closed` before a
 * response or `cut` within one. Or the bytes were `garbage`.
 */
export interface HttpFailure {
  ok: false;
  reason: 'unreachable' | 'late' | 'closed' | 'cut' | 'garbage';
}

/** A keep-alive connection: one request at a time. */
export interface HttpConnection {
  send(request: string): Promise<HttpResult>;
  /** Whether another request may be sent: it is open and has not idled for too long. */
  isUsable(): boolean;
  /** Whether it has carried a request before. */
  wasUsed(): boolean;
  /** Calls back once, when the connection is gone. */
  onClosed(listener: () => void): void;
  close(): void;
}

export interface ConnectionLimits {
  /** A response must be complete after this, in milliseconds. */
  responseTimeoutMs: number;
  /** A connection that idled for longer is not used again, in milliseconds. */
  idleTimeoutMs: number;
  /** The largest body that is read. */
  maxBodyBytes: number;
}

interface Pending {
  parser: ResponseParser;
  resolve(result: HttpResult): void;
  late: NodeJS.Timeout;
  hasBegun: boolean;
}

export function createHttpConnection(
  socket: Socket,
  { responseTimeoutMs, idleTimeoutMs, maxBodyBytes }: ConnectionLimits,
): HttpConnection {
  let pending: Pending | undefined;
  let uses = 0;
  let isOpen = true;
  let idleSince = Date.now();

  const finish = (result: HttpResult): void => {
    if (!pending) return;
    const { resolve, late } = pending;
    pending = undefined;
    clearTimeout(late);
    idleSince = Date.now();
    uses++;
    resolve(result);
  };
  const fail = (reason: HttpFailure['reason']): void => {
    isOpen = false;
    finish({ ok: false, reason });
    socket.destroy();
  };
  const advance = (progress: ParseProgress): void => {
    if (progress === 'more') return;
    if (progress === 'garbage') {
      fail('garbage');
      return;
    }
    if (progress.isLast) {
      isOpen = false;
      socket.destroy();
    }
    finish({ ok: true, ...progress });
  };

  // An idle connection keeps no process alive; during a request the timer does.
  socket.unref();
  socket.on('data', (chunk: Buffer) => {
    // Bytes outside a request must not become the response of the next one.
    if (!pending) {
      fail('garbage');
      return;
    }
    pending.hasBegun = true;
    advance(pending.parser.read(chunk));
  });
  socket.on('end', () => {
    isOpen = false;
    const ended = pending?.parser.end();
    if (typeof ended === 'object') advance(ended);
  });
  socket.on('close', () => fail(pending?.hasBegun ? 'cut' : 'closed'));

  return {
    send(request) {
      return new Promise((resolve) => {
        const late = setTimeout(() => fail('late'), responseTimeoutMs);
        pending = { parser: createResponseParser(maxBodyBytes), resolve, late, hasBegun: false };
        socket.write(request, 'latin1');
      });
    },
    isUsable: () => isOpen && Math.abs(Date.now() - idleSince) < idleTimeoutMs,
    wasUsed: () => uses > 0,
    onClosed: (listener) => socket.once('close', listener),
    close() {
      isOpen = false;
      socket.destroy();
    },
  };
}
