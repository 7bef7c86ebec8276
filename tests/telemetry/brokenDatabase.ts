import { createServer } from 'node:http';
import { type Listening, listen } from '../../local/util/listen';

/** A database of which some calls fail: `Query Members` stands for that operation on that table. */
export async function breakDatabase(url: string, broken: ReadonlySet<string>): Promise<Listening> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [, operation] = String(request.headers['x-amz-target']).split('.');
    const { TableName = '' }: { TableName?: string } = JSON.parse(body);
    if (broken.has(`${operation} ${TableName.split('-')[0]}`)) return response.writeHead(500).end('{}');

    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const call = { method: 'POST', headers: headers as Record<string, string>, body };
    // At the end the database stops first.
    const answer = await fetch(url, call).catch(() => undefined);
    if (!answer) return response.writeHead(500).end('{}');
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? 'application/x-amz-json-1.0';
    response.writeHead(answer.status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
  return listen(server);
}
