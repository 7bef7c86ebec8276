import { optional, required } from '../../app/settings';
import type { Exchange } from './connection';
import { createPool } from './connectionPool';
import { readCredentials } from './credentials';
import { parseOrigin } from './endpoint';
import { createSigner } from './sigV4';

const LIMITS = {
  mostLines: 64,
  connectTakesMs: 1_000,
  // Below the 60 s after which AWS's front ends are known to close an idle connection.
  idlesMs: 30_000,
  // A batch may hold 16 MB.
  mostBodyBytes: 20 * 2 ** 20,
};
const TRIES = 2;
const LONGEST_PAUSE_MS = 100;

/** An AWS service to call. */
export interface ServiceOptions {
  /** As it is called in host names and signatures: `dynamodb`. */
  name: string;
  /** Where its other address is looked for, as the SDK does: `AWS_ENDPOINT_URL_DYNAMODB`. */
  variable: string;
  env: Record<string, string | undefined>;
  /** Opens a first connection at once: Lambda gives more processor while a function starts than it does later. */
  opensAhead?: boolean;
  /** A try takes at most this long, in milliseconds. */
  takesMs: number;
}

/** One request; what it asks for is in its headers, path and body. */
export interface Asked {
  path?: string;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** What a service answered. `unknown`: a failure that may pass, after which nobody knows whether it was carried out. */
export type Answered =
  | { outcome: 'done'; body: Buffer }
  | { outcome: 'refused'; type: string; message: string; body: Record<string, unknown> }
  | { outcome: 'unknown'; why: string };

export type Service = (asked: Asked) => Promise<Answered>;

/**
 * Calls an AWS service without its client in the SDK, whose code takes longer to load than everything else here.
 * A failure that may pass is tried once more.
 */
export function createService({ name, variable, env, opensAhead, takesMs }: ServiceOptions): Service {
  const region = required(env, 'AWS_REGION');
  const origin = parseOrigin(optional(env, variable) ?? endpointOf(name, region));
  const pool = createPool(origin, { ...LIMITS, answerTakesMs: takesMs });
  if (opensAhead) pool.openAhead();
  const sign = createSigner({
    region,
    service: name,
    host: origin.host,
    credentials: () => readCredentials(env),
    now: Date.now,
  });

  return async ({ path = '/', contentType, headers, body }) => {
    const request = sign(contentType, body, headers);
    let answered: Answered = { outcome: 'unknown', why: 'not tried' };
    for (let left = TRIES; left > 0; left--) {
      answered = read(await pool.send(request(`${origin.basePath}${path}`)));
      if (answered.outcome !== 'unknown') return answered;
      if (left > 1) await pause(Math.random() * LONGEST_PAUSE_MS);
    }
    return answered;
  };
}

function endpointOf(name: string, region: string): string {
  return `https://${name}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Errors with a status of their own fault that pass nevertheless. */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
]);

function read(exchange: Exchange): Answered {
  if (!exchange.ok) return { outcome: 'unknown', why: exchange.why };
  const { status, body } = exchange;
  if (status < 300) return { outcome: 'done', body };
  // A proxy's page, or nothing at all: the status says enough.
  const told = jsonOf(body) ?? {};
  const type = typeOf(exchange.errorType ?? told.__type) ?? `Status${status}`;
  if (status >= 500 || status === 429 || PASSING.has(type)) return { outcome: 'unknown', why: type };
  return { outcome: 'refused', type, message: String(told.message ?? told.Message ?? ''), body: told };
}

/** Reads the object in an answer, or gives `undefined`. What JSON itself says of a fault would quote the answer. */
export function jsonOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// `com.amazonaws.dynamodb.v20120810#Name` in a body, `Name:http://…` in a header.
function typeOf(told: unknown): string | undefined {
  return typeof told === 'string' ? told.replace(/^.*#/, '').replace(/:.*$/, '') : undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
