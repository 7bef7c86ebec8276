import type { Poster } from '../../ports/ports';
import type { Credentials } from '../credentials';
import { createPool, type PoolLimits } from '../http/connectionPool';
import { parseOrigin } from '../http/endpoint';
import { createSigner, escapeSegment } from '../http/sigV4';
import { toDeliveryResult } from './deliveryResult';

export interface PosterOptions {
  /** The management API of a WebSocket API, with its stage: `https://{id}.execute-api.{region}.amazonaws.com/ws`. */
  endpoint: string;
  region: string;
  /** Read for every frame: they may change while the function lives. */
  credentials(): Credentials;
  /** Opens a first connection at once (see service.ts). */
  opensAhead?: boolean;
  limits?: Partial<PoolLimits>;
}

const LIMITS: PoolLimits = {
  mostLines: 256,
  connectTakesMs: 1_000,
  answerTakesMs: 1_000,
  // Below the 60 s after which AWS's front ends are known to close an idle connection.
  idlesMs: 30_000,
  mostBodyBytes: 65_536,
};

/**
 * Posts without the AWS SDK, which takes ten times the processor time for each post. It signs and sends what the
 * SDK's `PostToConnection` does, and its tests compare the two.
 */
export function createConnectionPoster({
  endpoint,
  region,
  credentials,
  opensAhead,
  limits,
}: PosterOptions): Poster {
  const origin = parseOrigin(endpoint);
  const pool = createPool(origin, { ...LIMITS, ...limits });
  if (opensAhead) pool.openAhead();
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
      const exchange = await pool.send(request(pathOf(connection), 'DELETE'));
      return toDeliveryResult(exchange.ok ? exchange.status : undefined);
    },
    prepare(frame) {
      const request = sign('application/octet-stream', frame);
      return async (connection) => {
        const exchange = await pool.send(request(pathOf(connection)));
        return toDeliveryResult(exchange.ok ? exchange.status : undefined);
      };
    },
  };
}
