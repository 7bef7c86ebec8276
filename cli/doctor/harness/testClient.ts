import { WebSocket } from 'ws';
import { type ClientMessage, parseServerFrame, type Reply, type ServerMessage } from '../../../lib/protocol';
import { CheckFailure } from './checkFailure';
import { subprotocols } from './request';

/** A frame, and when it arrived, in milliseconds of `performance.now()`. */
export interface Received {
  message: ServerMessage;
  at: number;
}

/** How a connection ended. */
export interface Closed {
  code: number;
}

/** One connection that neither repeats nor recovers anything, so that faults show. */
export interface TestClient {
  /** The user of the token, for messages. */
  readonly user: string;
  /** Every frame of the protocol so far. */
  readonly received: readonly Received[];
  /** Sends a frame and gives its reply. @throws CheckFailure without a reply in time. */
  request(message: ClientMessage): Promise<Reply>;
  /** Sends a text frame for a string, else a binary one. */
  send(data: string | Buffer): void;
  /** Waits until `find` finds something. @throws CheckFailure when the time is up or the connection ends. */
  until<T>(what: string, find: () => T | undefined): Promise<T>;
  /** Waits for the end of the connection. */
  closed(): Promise<Closed>;
  /** Ends the connection without a close frame, as a lost network does. */
  cut(): void;
}

export interface TestClientOptions {
  token: string;
  origin: string;
  patienceMs: number;
}

/** Opens a connection. @throws CheckFailure when the handshake is refused. */
export async function openTestClient(url: URL, options: TestClientOptions): Promise<TestClient> {
  const { patienceMs } = options;
  const socket = new WebSocket(url, subprotocols(options.token), {
    origin: options.origin,
    handshakeTimeout: patienceMs,
    perMessageDeflate: false,
  });
  const user = userOf(options.token);
  const client = testClientOn(socket, user, patienceMs);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (request, { statusCode, headers }) => {
      request.destroy();
      const reason = headers['x-amzn-errortype'];
      reject(
        new CheckFailure(
          `The handshake of ${user} was answered ${statusCode}${reason === undefined ? '' : ` (${reason})`}.`,
        ),
      );
    });
    socket.once('error', ({ message }) => reject(new CheckFailure(`The handshake failed: ${message}.`)));
  });
  return client;
}

function testClientOn(socket: WebSocket, user: string, patienceMs: number): TestClient {
  const received: Received[] = [];
  const looks = new Set<() => void>();
  let refs = 0;
  let gatewayError: string | undefined;
  let closed: Closed | undefined;

  const lookAgain = () => {
    for (const look of [...looks]) look();
  };
  socket.on('message', (data) => {
    const message = parseServerFrame(String(data));
    if (message) received.push({ message, at: performance.now() });
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
      const fail = (why: string) => end(() => reject(new CheckFailure(why)));
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
    user,
    received,
    until,
    send: (data) => socket.send(data),
    cut: () => socket.terminate(),
    closed: () => wait('end of the connection', () => closed, false),
    request(message) {
      refs += 1;
      const ref = `doctor-${refs}`;
      socket.send(JSON.stringify({ ...message, ref }));
      return until(`answer to ${message.action}`, () => {
        const found = received.find((each) => 'ref' in each.message && each.message.ref === ref);
        return found ? (found.message as Reply) : undefined;
      });
    },
  };
}

/** Names the user of a JWT, which is not verified here. */
function userOf(jwt: string): string {
  const { sub, name } = claimsOf(jwt);
  return `user ${JSON.stringify(name ?? 'without a name')} (${typeof sub === 'string' ? sub : 'without an id'})`;
}

/** Gives the claims of a JWT without verifying it; none where they cannot be read. */
export function claimsOf(jwt: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

/** Gives the text of API Gateway's own error frame, which it sends when a function fails. */
function gatewayErrorIn(frame: string): string | undefined {
  try {
    const { message, connectionId } = JSON.parse(frame);
    return typeof message === 'string' && connectionId !== undefined ? message : undefined;
  } catch {
    return undefined;
  }
}
