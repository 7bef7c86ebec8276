import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startHttpApi } from '../../local/apiGateway/httpApi';
import type { Invocation } from '../../local/lambda/functions';
import { serveInvocations } from '../../local/lambda/invokeApi';
import { startDynamoDb } from '../../local/services/dynamodb';
import { openSecrets, resolveSecrets, serveSecrets } from '../../local/services/secretsManager';
import { resourceNamesOf } from '../../local/template/resourceNames';
import type { Template } from '../../local/template/template';
import { CREDENTIALS } from '../../local/util/sigV4';
import { portOf, within } from './support';

const stops: (() => Promise<void>)[] = [];
const own = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
  stops.push(part.stop);
  return part;
};
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const client = (port: number) => ({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${port}`,
  credentials: CREDENTIALS,
  maxAttempts: 1,
});

describe('secrets', () => {
  const template: Template = {
    Resources: {
      Key: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true } },
      },
    },
  };
  const world = resourceNamesOf(template, 'store');
  const arn = world.ref('Key') ?? '';

  async function served() {
    const secrets = openSecrets(template, world);
    const { port } = own(await serveSecrets(secrets));
    const sdk = new SecretsManagerClient(client(port));
    const get = (VersionStage?: string) =>
      sdk.send(new GetSecretValueCommand({ SecretId: arn, ...(VersionStage && { VersionStage }) }));
    return { secrets, get, url: `http://127.0.0.1:${port}` };
  }

  it('are generated as the template asks', async () => {
    const { get } = await served();

    expect((await get()).SecretString).toMatch(/^[A-Za-z0-9]{48}$/);
  });

  it('have no previous version until they are rotated', async () => {
    const { secrets, get } = await served();
    const before = (await get('AWSCURRENT')).SecretString;

    await expect(get('AWSPREVIOUS')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    secrets.rotate(arn);

    expect((await get('AWSPREVIOUS')).SecretString).toBe(before);
    expect((await get('AWSCURRENT')).SecretString).not.toBe(before);
  });

  it('are not told without a signature', async () => {
    const { url } = await served();

    const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ SecretId: arn }) });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'InvalidSignatureException' });
  });

  it('are kept in a file only their owner reads', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'edge-chat-secrets-'));
    const file = path.join(directory, 'secrets.json');

    const first = openSecrets(template, world, file).value(arn);

    expect(openSecrets(template, world, file).value(arn)).toEqual(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(directory, { recursive: true });
  });

  it('are resolved in a text, by version too', () => {
    const secrets = openSecrets(template, world);
    const old = secrets.value(arn);
    secrets.put(arn, 'new');

    expect(resolveSecrets(`{{resolve:secretsmanager:${arn}:SecretString}}`, secrets)).toBe('new');
    expect(resolveSecrets(`{{resolve:secretsmanager:${arn}:SecretString:::${old?.id}}}`, secrets)).toBe(
      old?.value,
    );
    expect(() => resolveSecrets(`{{resolve:secretsmanager:${arn}x:SecretString}}`, secrets)).toThrow(
      'has no version AWSCURRENT',
    );
  });
});

describe('invocations between functions', () => {
  async function served(outcomes: Invocation[]) {
    const events: unknown[] = [];
    let last: () => void = () => {};
    const all = new Promise<void>((resolve) => {
      last = resolve;
    });
    const invoke = async (_name: string, event: unknown) => {
      events.push(event);
      const outcome = outcomes[events.length - 1];
      if (events.length === outcomes.length) last();
      return outcome ?? { ok: true as const, value: null };
    };
    const { port } = own(await serveInvocations(invoke, new Map([['worker', 2]]), 1));
    return { events, all, url: `http://127.0.0.1:${port}`, sdk: new LambdaClient(client(port)) };
  }

  const failure: Invocation = { ok: false, type: 'Error', message: 'boom', trace: '' };
  const command = (InvocationType: 'Event' | 'RequestResponse') =>
    new InvokeCommand({ FunctionName: 'worker', InvocationType, Payload: Buffer.from('{"a":1}') });

  it('are accepted at once and tried again as the template says', async () => {
    const { events, all, sdk } = await served([failure, failure, failure]);

    const { StatusCode } = await sdk.send(command('Event'));
    await within('the third try', all);

    expect(StatusCode).toBe(202);
    expect(events).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
  });

  it('are refused without a signature: a page that a developer opens could send them', async () => {
    const { events, url } = await served([{ ok: true, value: null }]);

    const answer = await fetch(`${url}/2015-03-31/functions/worker/invocations`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'text/plain' },
      body: '{"order":"ban","user":"ann"}',
    });

    expect([answer.status, events]).toEqual([403, []]);
  });

  it('give the answer, or the error, to one who waits', async () => {
    const { sdk } = await served([{ ok: true, value: { b: 2 } }, failure]);

    const good = await sdk.send(command('RequestResponse'));
    const bad = await sdk.send(command('RequestResponse'));

    expect([good.FunctionError, Buffer.from(good.Payload ?? []).toString()]).toEqual([undefined, '{"b":2}']);
    expect([bad.FunctionError, JSON.parse(Buffer.from(bad.Payload ?? []).toString())]).toEqual([
      'Unhandled',
      expect.objectContaining({ errorMessage: 'boom' }),
    ]);
  });
});

describe('the HTTP API', () => {
  const api = {
    id: 'abc',
    host: 'abc.execute-api.us-east-1.amazonaws.com',
    stage: '$default',
    routes: new Map([['POST /api/token', 'api']]),
  };

  async function served(outcome: Invocation) {
    const events: Record<string, unknown>[] = [];
    const { port } = own(
      await startHttpApi(api, async (_name, event) => {
        events.push(event as Record<string, unknown>);
        return outcome;
      }),
    );
    return { url: `http://127.0.0.1:${port}`, events };
  }

  const ask = (url: string, init: RequestInit = {}) =>
    fetch(`${url}/api/token?a=1&a=2&B=x%20y`, { method: 'POST', ...init });

  it('gives the function an event of format 2.0', async () => {
    const { url, events } = await served({ ok: true, value: { statusCode: 204 } });

    await ask(url, {
      body: '{"name":"ann"}',
      headers: { 'Content-Type': 'application/json', Cookie: 'a=1; b=2' },
    });

    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'POST /api/token',
      rawPath: '/api/token',
      rawQueryString: 'a=1&a=2&B=x%20y',
      queryStringParameters: { a: '1,2', B: 'x y' },
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/json' },
      body: '{"name":"ann"}',
      isBase64Encoded: false,
      requestContext: {
        stage: '$default',
        domainName: api.host,
        http: { method: 'POST', path: '/api/token', sourceIp: '127.0.0.1' },
      },
    });
  });

  it('passes a body that does not say it is text in base64', async () => {
    const { url, events } = await served({ ok: true, value: { statusCode: 204 } });

    await ask(url, { body: Buffer.from('{"name":"ann"}') });

    expect(events[0]).toMatchObject({
      body: Buffer.from('{"name":"ann"}').toString('base64'),
      isBase64Encoded: true,
    });
  });

  it.each<[string, Invocation, number, string]>([
    ['what it returned', { ok: true, value: { statusCode: 201, body: 'made' } }, 201, 'made'],
    [
      'decoded bytes',
      { ok: true, value: { statusCode: 200, body: 'bWFkZQ==', isBase64Encoded: true } },
      200,
      'made',
    ],
    ['its value, when that has no status', { ok: true, value: { made: 1 } }, 200, '{"made":1}'],
    [
      '500, when it failed',
      { ok: false, type: 'Error', message: 'boom', trace: 'secret' },
      500,
      '{"message":"Internal Server Error"}',
    ],
  ])('answers with %s', async (_case, outcome, status, body) => {
    const { url } = await served(outcome);

    const answer = await ask(url);

    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  it('knows no other route', async () => {
    const { url, events } = await served({ ok: true, value: {} });

    expect((await fetch(`${url}/api/other`)).status).toBe(404);
    expect(events).toEqual([]);
  });
});

it('the database outlives a connection that breaks off', async () => {
  const template: Template = {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
    },
  };
  const database = own(await startDynamoDb(template, resourceNamesOf(template, 'store')));
  const socket = connect(portOf(database.url), '127.0.0.1');
  await once(socket, 'connect');

  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
  socket.resetAndDestroy();
  await once(socket, 'close');

  expect((await fetch(database.url)).status).toBe(200);
  expect((await fetch(database.url)).status).toBe(200);
  expect(database.tables).toEqual({ Table: 'Table-store' });
});
