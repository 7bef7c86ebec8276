import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { marshall, type Row } from '../../lib/aws/dynamodb/attributeValues';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { selfSigned } from '../../local/cloudfront/certificate';
import { isGone } from './goneConnections';

/** How the stub answers posts. */
export interface StubOptions {
  /** Time to an answer in milliseconds, and its variation either way. */
  delayMs?: number;
  jitterMs?: number;
  /** The part of connection ids that are gone, and of posts that are refused or whose socket is cut. */
  gone?: number;
  refused?: number;
  cut?: number;
}

/** What the stub has seen since the last call. */
export interface Seen {
  posts: number;
  sockets: number;
  /**
   * Arrival of the first and the last delivered post, in milliseconds since the epoch: the time of an answer
   * is this stub's, and the same for every implementation.
   */
  first: number;
  last: number;
  /** Number of frames of each connection. */
  delivered: Record<string, number>;
  refused: number;
  cut: number;
}

const OK = Buffer.from(
  'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: keep-alive\r\nx-amzn-RequestId: 6b1b2d7e-0d3c-4a6e-9d0e-0a1b2c3d4e5f\r\nx-amz-apigw-id: AbCdEfGhIjKlMnO=\r\n\r\n',
);
const GONE = 'HTTP/1.1 410 Gone\r\nContent-Length: 0\r\nx-amzn-ErrorType: GoneException\r\n\r\n';
const REFUSED =
  'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nx-amzn-ErrorType: LimitExceededException\r\n\r\n';

/**
 * Stands in for API Gateway's management API, in a process of its own, so that its time is not measured: it reads
 * requests with little work and answers after a delay.
 */
function serve(options: StubOptions): void {
  const { delayMs = 0, jitterMs = 0, gone = 0, refused = 0, cut = 0 } = options;
  let seen = nothing();
  const { cert, key } = selfSigned(['localhost', '127.0.0.1']);

  const answer = (socket: Socket, id: string, came: number): void => {
    seen.posts++;
    if (cut > 0 && Math.random() < cut) {
      seen.cut++;
      socket.destroy();
    } else if (refused > 0 && Math.random() < refused) {
      seen.refused++;
      socket.write(REFUSED);
    } else if (gone > 0 && isGone(id, gone)) socket.write(GONE);
    else {
      seen.first = Math.min(seen.first, came);
      seen.last = Math.max(seen.last, came);
      seen.delivered[id] = (seen.delivered[id] ?? 0) + 1;
      socket.write(OK);
    }
  };
  const accept = (socket: Socket): void => {
    seen.sockets++;
    let unread = '';
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end !== -1; end = unread.indexOf('\r\n\r\n')) {
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(unread)?.[1] ?? 0);
        if (unread.length < end + 4 + length) return;
        const escaped = /^\w+ \S*@connections\/(\S+)/.exec(unread)?.[1];
        if (escaped === undefined) {
          const operation = /\r\nx-amz-target: *DynamoDB_\w+\.(\w+)/i.exec(unread)?.[1] ?? '';
          socket.write(database(operation, unread.slice(end + 4, end + 4 + length)));
          unread = unread.slice(end + 4 + length);
          continue;
        }
        const id = decodeURIComponent(escaped);
        unread = unread.slice(end + 4 + length);
        // Whole milliseconds share their timers.
        const takesMs = Math.round(delayMs + (Math.random() * 2 - 1) * jitterMs);
        const came = performance.timeOrigin + performance.now();
        if (takesMs > 0) setTimeout(answer, takesMs, socket, id, came);
        else answer(socket, id, came);
      }
    });
  };

  const plain = createServer(accept).listen(0, '127.0.0.1', () => {
    const secure = createSecureServer({ cert, key }, accept).listen(0, '127.0.0.1', () => {
      const [http, https] = [plain, secure].map((server) => (server.address() as AddressInfo).port);
      process.send?.({ http: `http://127.0.0.1:${http}/ws`, https: `https://localhost:${https}/ws`, cert });
    });
  });
  process.on('message', () => {
    process.send?.(seen);
    seen = nothing();
  });
  process.on('disconnect', () => process.exit(0));
}

/** A database in which every room has two members and an empty log, and every write succeeds. */
function database(operation: string, body: string): string {
  const isMembers = operation === 'Query' && body.includes('"Members"');
  const Items = isMembers ? memberRows : [];
  const json = JSON.stringify(operation === 'Query' ? { Items, Count: Items.length } : {});
  return `HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: ${json.length}\r\n\r\n${json}`;
}

/** The rows of two members as the store writes them. */
const memberRows = ['c0=', 'c1='].map((id) => {
  let row: Row = {};
  const database = {
    async call(_operation: string, { Item = {} }: { Item?: Row }) {
      row = Item;
      return {};
    },
  };
  void createMemberStore(database, 'Members').add({ room: 'den', id, expiresAt: 4_000_000_000_000 });
  return marshall(row);
});

function nothing(): Seen {
  return {
    posts: 0,
    sockets: 0,
    first: Number.POSITIVE_INFINITY,
    last: 0,
    delivered: {},
    refused: 0,
    cut: 0,
  };
}

if (process.argv[2] === 'serve') serve(JSON.parse(process.argv[3] ?? '{}'));
