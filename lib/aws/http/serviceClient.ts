import { required } from '../../util/environment';
import { type CallFailure, isTransient } from '../callFailure';
import { readCredentials } from '../credentials';
import { endpointOverride } from '../endpointOverride';
import type { HttpResult } from './connection';
import { createConnectionPool } from './connectionPool';
import { parseOrigin } from './endpoint';
import { createSigner } from './sigV4';

const LIMITS = {
  maxConnections: 64,
  connectTimeoutMs: 1_000,
  // Below the 60 s after which AWS's front ends are known to close an idle connection.
  idleTimeoutMs: 30_000,
  // A batch may hold 16 MB.
  maxBodyBytes: 20 * 2 ** 20,
};
const MAX_RETRY_DELAY_MS = 100;

/** An AWS service to call. */
export interface ServiceClientOptions {
  /** As it is called in host names and signatures: `dynamodb`. */
  name: string;
  /** Where its other address is looked for, as the SDK does: `AWS_ENDPOINT_URL_DYNAMODB`. */
  variable: string;
  env: Record<string, string | undefined>;
  /** Opens a first connection at once. Lambda gives a function more processor time while it starts. */
  warmUp?: boolean;
  /** A try takes at most this long, in milliseconds. */
  timeoutMs: number;
  /** 2 unless given. */
  maxAttempts?: number;
}

/** A request, with its headers, path and body. */
export interface ServiceRequest {
  path?: string;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** What a service answered. A refusal has its whole body. */
export type ServiceResult =
  | { outcome: 'done'; body: Buffer }
  | (CallFailure & { outcome: 'refused'; body: Record<string, unknown> })
  | (CallFailure & { outcome: 'unknown' });

export type ServiceClient = (request: ServiceRequest) => Promise<ServiceResult>;

/** Creates a client of an AWS service. It repeats a call once when the failure may pass. */
export function createServiceClient({
  name,
  variable,
  env,
  warmUp,
  timeoutMs,
  maxAttempts = 2,
}: ServiceClientOptions): ServiceClient {
  const region = required(env, 'AWS_REGION');
  const origin = parseOrigin(endpointOverride(env, variable) ?? endpointOf(name, region));
  const pool = createConnectionPool(origin, { ...LIMITS, responseTimeoutMs: timeoutMs });
  if (warmUp) pool.warmUp();
  const sign = createSigner({
    region,
    service: name,
    host: origin.host,
    credentials: () => readCredentials(env),
    now: Date.now,
  });

  return async ({ path = '/', contentType, headers, body }) => {
    const request = sign(contentType, body, headers);
    let result: ServiceResult = { outcome: 'unknown', reason: 'not tried' };
    for (let left = maxAttempts; left > 0; left--) {
      result = read(await pool.send(request(`${origin.basePath}${path}`)));
      if (result.outcome !== 'unknown') return result;
      if (left > 1) await wait(Math.random() * MAX_RETRY_DELAY_MS);
    }
    return result;
  };
}

function endpointOf(name: string, region: string): string {
  return `https://${name}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function read(result: HttpResult): ServiceResult {
  if (!result.ok) return { outcome: 'unknown', reason: result.reason };
  const { status, body } = result;
  if (status < 300) return { outcome: 'done', body };
  // A proxy's page, or nothing at all: the status says enough.
  const details = parseJsonBody(body) ?? {};
  const type = typeOf(result.errorType ?? details.__type) ?? `Status${status}`;
  if (isTransient(status, type)) return { outcome: 'unknown', reason: type };
  return {
    outcome: 'refused',
    type,
    message: String(details.message ?? details.Message ?? ''),
    body: details,
  };
}

/** Parses an object; `undefined` when there is none. The error of JSON.parse would quote the response. */
export function parseJsonBody(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// `com.amazonaws.dynamodb.v20120810#Name` in a body, `Name:http://…` in a header.
function typeOf(name: unknown): string | undefined {
  return typeof name === 'string' ? name.replace(/^.*#/, '').replace(/:.*$/, '') : undefined;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
