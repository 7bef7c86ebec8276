import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The units and calls of a database. */
export interface Units {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

/** A database client that counts everything that AWS bills. */
export interface Meter {
  url: string;
  /** Returns the counts since the last call. */
  take(): Units;
  stop(): void;
}

const WRITES = /^(Put|Update|Delete)Item$/;

/** Counts the units that the database reports: it adds the field that requests them to each call. */
export async function startMeter(databaseUrl: string): Promise<Meter> {
  let units: Units = { calls: 0, readUnits: 0, writeUnits: 0 };
  const { hostname, port } = new URL(databaseUrl);

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const asked = JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'TOTAL' });
    const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(asked)) };
    const onward = send({ hostname, port, method: 'POST', path: '/', headers }, async (answer) => {
      const text = Buffer.concat(await answer.toArray());
      units.calls++;
      const used = [JSON.parse(text.toString() || '{}').ConsumedCapacity ?? []].flat();
      for (const { CapacityUnits } of used as { CapacityUnits: number }[])
        units[WRITES.test(operation) ? 'writeUnits' : 'readUnits'] += CapacityUnits;
      response.writeHead(answer.statusCode ?? 500, {
        'content-type': String(answer.headers['content-type']),
        'content-length': text.length,
      });
      response.end(text);
    });
    onward.end(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = units;
      units = { calls: 0, readUnits: 0, writeUnits: 0 };
      return taken;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
