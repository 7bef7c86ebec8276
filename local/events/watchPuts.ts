import { createServer, type IncomingMessage, request as requestTo } from 'node:http';
import { isRecord, recordAt, textAt } from '../template/template';
import { readBody, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';

/** The most bytes of a call: a batch may hold 16 MB. */
const MAX_BYTES = 20 * 2 ** 20;

/** The key of a row that was put into the table of messages. */
export interface PutKey {
  room: string;
  seq: number;
}

/**
 * Stands in front of the local database, which has no streams, and tells of every row that a function puts into the
 * table and that was not there.
 */
export function watchPuts(
  databaseUrl: string,
  table: string,
  onPut: (key: PutKey) => void,
): Promise<Listening> {
  const server = createServer(
    safely(async (request, response) => {
      const body = await readBody(request, MAX_BYTES);
      const { status, headers, answer } = await forward(databaseUrl, request, body ?? Buffer.of());
      const key = status === 200 ? newRow(request.headers['x-amz-target'], body, table) : undefined;
      if (key) onPut(key);
      response.writeHead(status, headers).end(answer);
    }),
  );
  return listen(server);
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  answer: Buffer;
}

function forward(
  url: string,
  { method, url: path, headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = requestTo(new URL(path ?? '/', url), { method, headers }, async (answered) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answered) chunks.push(chunk);
      resolve({
        status: answered.statusCode ?? 500,
        headers: answered.headers,
        answer: Buffer.concat(chunks),
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** The key that a PutItem wrote on the condition that there was none. */
function newRow(target: unknown, body: Buffer | undefined, table: string): PutKey | undefined {
  if (!String(target).endsWith('.PutItem') || !body) return undefined;
  const asked: unknown = JSON.parse(body.toString());
  if (!isRecord(asked) || asked.TableName !== table) return undefined;
  if (!String(asked.ConditionExpression).startsWith('attribute_not_exists')) return undefined;
  const item = recordAt(asked, 'Item');
  return { room: textAt(recordAt(item, 'room'), 'S') ?? '', seq: Number(textAt(recordAt(item, 'seq'), 'N')) };
}
