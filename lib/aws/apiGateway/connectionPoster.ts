import type { Poster } from '../../ports/poster';
import type { Credentials } from '../credentials';
import { escapeSegment } from '../escapeSegment';
import { createConnectionPool, type PoolLimits } from '../http/connectionPool';
import { parseOrigin } from '../http/endpoint';
import { createSigner } from '../http/sigV4';
import { toDeliveryResult } from './deliveryResult';

export interface PosterOptions {
  /** The management API of a WebSocket API, with its stage: `https://{id}.execute-api.{region}.amazonaws.com/ws`. */
  endpoint: string;
  region: string;
  /** Read for every frame: they may change while the function lives. */
  credentials(): Credentials;
  /** Opens a first connection at once. Lambda gives a function more processor time while it starts. */
  warmUp?: boolean;
  limits?: Partial<PoolLimits>;
}

const LIMITS: PoolLimits = {
  maxConnections: 256,
  connectTimeoutMs: 1_000,
  responseTimeoutMs: 1_000,
  // Below the 60 s after which AWS's front ends are known to close an idle connection.
  idleTimeoutMs: 30_000,
  maxBodyBytes: 65_536,
};

/** Posts to connections over the project's own HTTP client. It sends what the SDK's `PostToConnection` sends. */
export function createConnectionPoster({
  endpoint,
  region,
  credentials,
  warmUp,
  limits,
}: PosterOptions): Poster {
  const origin = parseOrigin(endpoint);
  const pool = createConnectionPool(origin, { ...LIMITS, ...limits });
  if (warmUp) pool.warmUp();
  const sign = createSigner({
    region,
    service: 'execute-api',
    host: origin.host,
    credentials,
    now: Date.now,
  });

  const pathOf = (connection: string) => `${origin.basePath}/@connections/${escapeSegment(connection)}`;

  return {
    async close(connection) {
      const request = sign('application/octet-stream', '');
      const result = await pool.send(request(pathOf(connection), 'DELETE'));
      return toDeliveryResult(result.ok ? result.status : undefined);
    },
    prepare(frame) {
      const request = sign('application/octet-stream', frame);
      return async (connection) => {
        const result = await pool.send(request(pathOf(connection)));
        return toDeliveryResult(result.ok ? result.status : undefined);
      };
    },
  };
}
