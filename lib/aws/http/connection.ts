import type { Socket } from 'node:net';
import { type Answer, createReader, type Progress, type Reader } from './responseParser';

/** What came of one request. */
export type Exchange = ({ ok: true } & Pick<Answer, 'status' | 'body' | 'errorType'>) | Failure;

/**
 * Nobody could be reached, the answer came `late`, the connection `closed` before an answer began or was `cut` in
 * the midst of one, or what came was `garbage`.
 */
export interface Failure {
  ok: false;
  why: 'unreachable' | 'late' | 'closed' | 'cut' | 'garbage';
}

/** A keep-alive connection: one request at a time. */
export interface Line {
  exchange(request: string): Promise<Exchange>;
  /** Whether another request may be sent: the line is open and has not idled for too long. */
  isUsable(): boolean;
  /** Whether it has carried a request before. */
  wasUsed(): boolean;
  /** Calls back once, when the connection is gone. */
  onClosed(listener: () => void): void;
  close(): void;
}

export interface LineLimits {
  /** An answer must be there after this, in milliseconds, to its last byte. */
  answerTakesMs: number;
  /** A line that idled for longer is not used again, in milliseconds. */
  idlesMs: number;
  /** The largest body that is read. */
  mostBodyBytes: number;
}

interface Pending {
  reader: Reader;
  resolve(exchange: Exchange): void;
  late: NodeJS.Timeout;
  hasBegun: boolean;
}

export function createLine(socket: Socket, { answerTakesMs, idlesMs, mostBodyBytes }: LineLimits): Line {
  let pending: Pending | undefined;
  let uses = 0;
  let isOpen = true;
  let idleSince = Date.now();

  const finish = (exchange: Exchange): void => {
    if (!pending) return;
    const { resolve, late } = pending;
    pending = undefined;
    clearTimeout(late);
    idleSince = Date.now();
    uses++;
    resolve(exchange);
  };
  const fail = (why: Failure['why']): void => {
    isOpen = false;
    finish({ ok: false, why });
    socket.destroy();
  };
  const advance = (progress: Progress): void => {
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

  // A line that waits for its next request keeps no process alive; while it waits for an answer, the timer does.
  socket.unref();
  socket.on('data', (chunk: Buffer) => {
    // Bytes nobody asked for belong to no request: the next one must not take them for its answer.
    if (!pending) {
      fail('garbage');
      return;
    }
    pending.hasBegun = true;
    advance(pending.reader.read(chunk));
  });
  socket.on('end', () => {
    isOpen = false;
    const ended = pending?.reader.end();
    if (typeof ended === 'object') advance(ended);
  });
  socket.on('close', () => fail(pending?.hasBegun ? 'cut' : 'closed'));

  return {
    exchange(request) {
      return new Promise((resolve) => {
        const late = setTimeout(() => fail('late'), answerTakesMs);
        pending = { reader: createReader(mostBodyBytes), resolve, late, hasBegun: false };
        socket.write(request, 'latin1');
      });
    },
    isUsable: () => isOpen && Math.abs(Date.now() - idleSince) < idlesMs,
    wasUsed: () => uses > 0,
    onClosed: (listener) => socket.once('close', listener),
    close() {
      isOpen = false;
      socket.destroy();
    },
  };
}
