import { WebSocket } from 'ws';
import { type ClientMessage, parseServerFrame, type Reply, type ServerMessage } from '../../lib/protocol';
import { subprotocols } from './request';
import { Failed } from './types';

/** A frame, and when it came, in milliseconds of `performance.now()`. */
export interface Heard {
  message: ServerMessage;
  at: number;
}

/** How a connection ended. */
export interface Closed {
  code: number;
}

/** One connection, spoken frame by frame: no repeats, no healing, so that faults show. */
export interface Talker {
  /** Every frame so far that is one of the protocol. */
  readonly heard: readonly Heard[];
  /** Sends a frame and gives its reply. @throws Failed when none comes. */
  ask(message: ClientMessage): Promise<Reply>;
  /** Sends bytes as they are: a text frame for a string, else a binary one. */
  send(data: string | Buffer): void;
  /** Waits until something is found among what was heard. @throws Failed when the time is up or the connection ends. */
  until<T>(what: string, find: () => T | undefined): Promise<T>;
  /** Waits for the end of the connection. */
  closed(): Promise<Closed>;
  /** Ends it without a word, as a lost network does. */
  cut(): void;
}

export interface TalkerOptions {
  token: string;
  origin: string;
  patienceMs: number;
}

/** Opens a connection. @throws Failed when the handshake is refused. */
export async function openTalker(url: URL, options: TalkerOptions): Promise<Talker> {
  const { patienceMs } = options;
  const socket = new WebSocket(url, subprotocols(options.token), {
    origin: options.origin,
    handshakeTimeout: patienceMs,
    perMessageDeflate: false,
  });
  const talker = talkerOn(socket, patienceMs);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      reject(new Failed(`The handshake was answered ${statusCode}.`));
    });
    socket.once('error', ({ message }) => reject(new Failed(`The handshake failed: ${message}.`)));
  });
  return talker;
}

function talkerOn(socket: WebSocket, patienceMs: number): Talker {
  const heard: Heard[] = [];
  const looks = new Set<() => void>();
  let refs = 0;
  let gatewayError: string | undefined;
  let closed: Closed | undefined;

  const lookAgain = () => {
    for (const look of [...looks]) look();
  };
  socket.on('message', (data) => {
    const message = parseServerFrame(String(data));
    if (message) heard.push({ message, at: performance.now() });
    else gatewayError ??= gatewayErrorIn(String(data));
    lookAgain();
  });
  socket.on('error', () => {});
  socket.on('close', (code) => {
    closed = { code };
    lookAgain();
  });

  const wait = <T>(what: string, find: () => T | undefined, endsWithSocket: boolean): Promise<T> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(late);
        looks.delete(look);
        settle();
      };
      const fail = (why: string) => end(() => reject(new Failed(why)));
      const look = () => {
        const found = find();
        if (found !== undefined) end(() => resolve(found));
        else if (gatewayError !== undefined)
          fail(`API Gateway itself answered "${gatewayError}": the function failed, or may not be called.`);
        else if (closed && endsWithSocket)
          fail(`The connection closed with ${closed.code} before ${what} came.`);
      };
      const late = setTimeout(() => fail(`No ${what} came in ${patienceMs / 1000} s.`), patienceMs);
      looks.add(look);
      look();
    });
  const until = <T>(what: string, find: () => T | undefined) => wait(what, find, true);

  return {
    heard,
    until,
    send: (data) => socket.send(data),
    cut: () => socket.terminate(),
    closed: () => wait('end of the connection', () => closed, false),
    ask(message) {
      refs += 1;
      const ref = `doctor-${refs}`;
      socket.send(JSON.stringify({ ...message, ref }));
      return until(`answer to ${message.action}`, () => {
        const found = heard.find((each) => 'ref' in each.message && each.message.ref === ref);
        return found ? (found.message as Reply) : undefined;
      });
    },
  };
}

/** API Gateway says so itself when a function fails: such a frame has no type. */
function gatewayErrorIn(frame: string): string | undefined {
  try {
    const { message, connectionId } = JSON.parse(frame);
    return typeof message === 'string' && connectionId !== undefined ? message : undefined;
  } catch {
    return undefined;
  }
}
