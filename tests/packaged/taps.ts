import { createServer, type IncomingMessage, request as send } from 'node:http';
import { createSigner } from '../../lib/aws/http/sigV4';
import type { Service } from '../../local/hooks';
import { type Listening, listen } from '../../local/util/listen';
import { CREDENTIALS, signatureFault } from '../../local/util/sigV4';

/** A function's call of AWS: its action and resource. */
export interface AwsCall {
  by: string;
  /** As in a policy: `dynamodb:PutItem`. */
  action: string;
  /** The name of what it was done to: a table, a secret's ARN, a function, a connection. */
  resource: string;
  /** The attributes that an update, a query or a scan names. */
  attributes?: string[];
  /** The partition of the row that a call is about, where it is about one. */
  partition?: string;
}

/** Listens between functions and the services they call: an address for each function and service. */
export interface Taps {
  calls: AwsCall[];
  /** The address to give to this function in place of the service's own. */
  tap(by: string, service: Service, url: string): Promise<string>;
  stop(): Promise<void>;
}

export function openTaps(): Taps {
  const calls: AwsCall[] = [];
  const servers: Listening[] = [];

  return {
    calls,
    async tap(by, service, url) {
      const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        calls.push(...callsIn(service, request, body.toString()).map((call) => ({ by, ...call })));
        const fault = service === 'management' ? signatureFault(request, body, 'execute-api') : undefined;
        if (fault) return response.writeHead(403).end(JSON.stringify({ message: fault }));
        const target = new URL(request.url ?? '/', url);
        const headers = service === 'management' ? signedAgain(target, request, body) : request.headers;
        const onward = send(target, { method: request.method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        onward.on('error', () => response.destroy());
        onward.end(body);
      });
      const listening = await listen(server);
      servers.push(listening);
      return `http://127.0.0.1:${listening.port}`;
    },
    async stop() {
      for (const server of servers) await server.stop();
    },
  };
}

/** The headers of a request signed for the host it goes on to: the gateway takes no other host's name. */
function signedAgain(
  { host, pathname }: URL,
  { method, headers }: IncomingMessage,
  body: Buffer,
): Record<string, string> {
  const sign = createSigner({
    region: 'us-east-1',
    service: 'execute-api',
    host,
    credentials: () => CREDENTIALS,
    now: Date.now,
  });
  const request = sign(headers['content-type'] ?? '', body.toString());
  const [head = ''] = request(pathname, method === 'DELETE' ? 'DELETE' : 'POST').split('\r\n\r\n');
  return Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(/: ?(.*)/s, 2)),
  );
}

/** What a request asks for, as IAM sees it. A request may name several tables. */
function callsIn(service: Service, request: IncomingMessage, body: string): Omit<AwsCall, 'by'>[] {
  const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
  const path = decodeURIComponent(request.url ?? '');
  switch (service) {
    case 'database': {
      const { TableName, RequestItems, ExpressionAttributeNames, Key, Item, ...query } = JSON.parse(body) as {
        TableName?: string;
        RequestItems?: Record<string, { Keys?: Record<string, { S?: string }>[] }>;
        ExpressionAttributeNames?: Record<string, string>;
        Key?: Record<string, { S?: string }>;
        Item?: Record<string, { S?: string }>;
        KeyConditionExpression?: string;
        ExpressionAttributeValues?: Record<string, { S?: string }>;
      };
      const attributes = [...Object.keys(Key ?? {}), ...Object.values(ExpressionAttributeNames ?? {})];
      const [, asked = ''] = /= (:\w+)/.exec(query.KeyConditionExpression ?? '') ?? [];
      // The keys of a batch of rows are of one kind.
      const [first] = Object.values(RequestItems ?? {});
      const { room, r } = Key ?? Item ?? first?.Keys?.[0] ?? {};
      const partition = room?.S ?? r?.S ?? query.ExpressionAttributeValues?.[asked]?.S;
      const tables = TableName ? [TableName] : Object.keys(RequestItems ?? {});
      if (tables.length === 0)
        throw new Error(`The recorder does not know which table ${operation} is about.`);
      return tables.map((resource) => ({
        action: `dynamodb:${operation}`,
        resource,
        ...(['UpdateItem', 'Query', 'Scan'].includes(operation) && { attributes }),
        ...(partition !== undefined && { partition }),
      }));
    }
    case 'secrets':
      return [
        {
          action: `secretsmanager:${operation}`,
          resource: (JSON.parse(body) as { SecretId: string }).SecretId,
        },
      ];
    case 'lambda':
      return [
        {
          action: 'lambda:InvokeFunction',
          resource: /\/functions\/([^/]+)\/invocations/.exec(path)?.[1] ?? path,
        },
      ];
    case 'sqs':
      return [{ action: `sqs:${operation}`, resource: (JSON.parse(body) as { QueueUrl: string }).QueueUrl }];
    case 'eventbridge':
      return (JSON.parse(body) as { Entries: { EventBusName: string }[] }).Entries.map(
        ({ EventBusName }) => ({ action: `events:${operation}`, resource: EventBusName }),
      );
    case 's3':
      return s3CallsOf(request);
    case 'management':
      return [{ action: 'execute-api:ManageConnections', resource: `${request.method} ${path}` }];
    default:
      return service satisfies never;
  }
}

/**
 * What a request to S3 needs; its resource is the bucket, or with a key the bucket and `/*`. A form and a signed address
 * work with the rights of the function that signed them.
 */
function s3CallsOf({ method, url = '/' }: IncomingMessage): Omit<AwsCall, 'by'>[] {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = ''] = pathname.split('/');
  if (searchParams.has('list-type')) return [{ action: 's3:ListBucket', resource: bucket }];
  const tagging = searchParams.has('tagging') ? 'Tagging' : '';
  const actions: Record<string, string[]> = {
    POST: ['PutObject', 'PutObjectTagging'],
    // The number of tags is told to those only who may read them.
    HEAD: ['GetObject', 'GetObjectTagging'],
    GET: ['GetObject'],
    DELETE: [`DeleteObject${tagging}`],
  };
  const needed = (actions[method ?? ''] ?? []).map((action) => ({
    action: `s3:${action}`,
    resource: `${bucket}/*`,
  }));
  // Without the right to list, an object that is gone is refused with 403, and not told to be gone.
  return method === 'POST' ? needed : [...needed, { action: 's3:ListBucket', resource: bucket }];
}
