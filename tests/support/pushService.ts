import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { importJWK, jwtVerify } from 'jose';
import { readBody, safely } from '../../local/util/http';
import { listen } from '../../local/util/listen';

/** A push service takes at most so many bytes. */
const MAX_BYTES = 4096;
const DAY_SECONDS = 24 * 3_600;

/** What a browser got. */
export interface Pushed {
  /** The path of the subscription. */
  path: string;
  topic: string;
  notification: unknown;
}

/** The keys of a browser's subscription. */
interface Keys {
  pair: ECDH;
  auth: Buffer;
}

/** A push service on this machine: it takes nothing that is not encrypted (RFC 8291) and signed (RFC 8292) as it must be. */
export interface PushService {
  host: string;
  /** What browsers got, in order. */
  readonly pushed: Pushed[];
  /** What was refused, and why. */
  readonly refused: string[];
  /** Makes a subscription, in the form of `PushSubscription.toJSON()`. */
  subscribe(publicKey: string): { endpoint: string; keys: { p256dh: string; auth: string } };
  /** Answers all requests of a subscription with a status from now on. */
  answer(endpoint: string, status: number): void;
  /** Waits for the next push. */
  next(): Promise<Pushed>;
  stop(): Promise<void>;
}

/** Starts a push service on a free port. */
export async function startPushService(): Promise<PushService> {
  const pushed: Pushed[] = [];
  const refused: string[] = [];
  const subscriptions = new Map<string, Keys & { publicKey: string }>();
  const answers = new Map<string, number>();
  let taken = 0;
  let wake = (): void => {};

  const server = createServer(
    safely(async (request, response) => {
      const path = request.url ?? '';
      const body = await readBody(request, MAX_BYTES);
      const status = answers.get(path);
      if (status !== undefined) return void response.writeHead(status).end();
      try {
        const keys = subscriptions.get(path);
        if (!keys || !body) throw new Error('no such subscription, or too long a body');
        const topic = await checkHeaders(request, keys.publicKey, `http://127.0.0.1:${listening.port}`);
        pushed.push({ path, topic, notification: JSON.parse(decrypt(body, keys).toString()) });
        response.writeHead(201).end();
        wake();
      } catch (error) {
        refused.push(String(error));
        response.writeHead(400).end();
      }
    }),
  );
  const listening = await listen(server);

  return {
    host: `127.0.0.1:${listening.port}`,
    pushed,
    refused,
    subscribe(publicKey) {
      const keys = createKeys();
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      subscriptions.set(path, { ...keys, publicKey });
      return {
        endpoint: `http://127.0.0.1:${listening.port}${path}`,
        keys: { p256dh: keys.pair.getPublicKey('base64url'), auth: keys.auth.toString('base64url') },
      };
    },
    answer: (endpoint, status) => void answers.set(new URL(endpoint).pathname, status),
    async next() {
      while (pushed.length <= taken)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const next = pushed[taken++];
      if (!next) throw new Error('Nothing was pushed.');
      return next;
    },
    stop: () => listening.stop(),
  };
}

function createKeys(): Keys {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return { pair, auth: randomBytes(16) };
}

/** Checks what RFC 8030 and RFC 8292 ask for; gives the topic. */
async function checkHeaders(
  { method, headers }: IncomingMessage,
  publicKey: string,
  audience: string,
): Promise<string> {
  if (method !== 'POST') throw new Error(`${method} is no push`);
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error('another encoding');
  if (!/^\d+$/.test(String(headers.ttl))) throw new Error('no TTL');
  const topic = String(headers.topic);
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(topic)) throw new Error(`the topic ${topic}`);
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
  if (key !== publicKey) throw new Error('another key than that of the subscription');
  const point = Buffer.from(key, 'base64url');
  const [x = '', y = ''] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  );
  const verifier = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
  const { payload } = await jwtVerify(token, verifier, { audience, requiredClaims: ['exp', 'sub'] });
  if (Number(payload.exp) > Date.now() / 1000 + DAY_SECONDS)
    throw new Error('a signature for more than a day');
  if (!/^(https:|mailto:)/.test(String(payload.sub))) throw new Error(`the subject ${payload.sub}`);
  return topic;
}

/** Reads a body as RFC 8188 and RFC 8291 say, for a browser: salt, record size, the sender's key, one record. */
export function decrypt(body: Buffer, { pair, auth }: Keys): Buffer {
  const [salt, keyLength] = [body.subarray(0, 16), body.readUInt8(20)];
  const sender = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (record.length > body.readUInt32BE(16)) throw new Error('more than one record');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync('sha256', pair.computeSecret(sender), auth, info, 32));
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${what}\0`, length));
  const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  cipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0) throw new Error('no end of the record');
  return padded.subarray(0, end);
}
