import { optional, required } from '../../app/settings';
import { type CallFailure, isTransient } from '../callFailure';
import { readCredentials } from '../credentials';
import type { Exchange } from './connection';
import { createPool } from './connectionPool';
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

/** What a service answered. A refusal has its whole body. */
export type Answered =
  | { outcome: 'done'; body: Buffer }
  | (CallFailure & { outcome: 'refused'; body: Record<string, unknown> })
  | (CallFailure & { outcome: 'unknown' });

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

function read(exchange: Exchange): Answered {
  if (!exchange.ok) return { outcome: 'unknown', why: exchange.why };
  const { status, body } = exchange;
  if (status < 300) return { outcome: 'done', body };
  // A proxy's page, or nothing at all: the status says enough.
  const told = jsonOf(body) ?? {};
  const type = typeOf(exchange.errorType ?? told.__type) ?? `Status${status}`;
  if (isTransient(status, type)) return { outcome: 'unknown', why: type };
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
