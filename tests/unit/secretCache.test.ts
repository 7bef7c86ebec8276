import { createServer } from 'node:http';
import { isFromCloudFront } from '../../lib/auth/originSecret';
import { createSecret } from '../../lib/auth/secretCache';
import { type Listening, listen } from '../../local/util/listen';
import { awsClients } from '../awsHttp/awsClients';
import { MINUTE, NOW } from './harness';
import { secretOf } from './secretOf';

describe('a request is from the edge', () => {
  const current = 'current-'.padEnd(64, 'c');
  const previous = 'previous-'.padEnd(64, 'p');

  it.each<[string, unknown, boolean]>([
    ['with the current value', current, true],
    ['with the previous value', previous, true],
    ['not without a value', undefined, false],
    ['not with an empty one', '', false],
    ['not with null', null, false],
    ['not with another value', 'x'.repeat(64), false],
    ['not with a part of it', current.slice(0, -1), false],
    ['not with more than it', `${current}c`, false],
    ['not with it in capitals', current.toUpperCase(), false],
    ['not with white space around it', ` ${current}`, false],
    ['not with it twice', `${current},${current}`, false],
    ['not with a list of it', [current], false],
    ['not with an object of its text', { toString: () => current }, false],
    ['not with half a megabyte', 'x'.repeat(500_000), false],
    ['not with it at the start of half a megabyte', current + 'x'.repeat(500_000), false],
    ['not with what every object has', 'constructor', false],
  ])('%s', async (_name, given, expected) => {
    expect(await isFromCloudFront(given, secretOf([current, previous]))).toBe(expected);
  });

  it('never while there is no value at all', async () => {
    expect(await isFromCloudFront('', secretOf([]))).toBe(false);
    expect(await isFromCloudFront('undefined', secretOf([]))).toBe(false);
  });

  it('with a value that has only just become the current one', async () => {
    const rotated = secretOf([previous], [current, previous]);

    expect(await isFromCloudFront(current, rotated)).toBe(true);
    expect(rotated.rereads).toBe(1);
  });

  it('without reading the secret again when it fits', async () => {
    const secret = secretOf([current]);

    await isFromCloudFront(current, secret);

    expect(secret.rereads).toBe(0);
  });
});

describe.each(Object.entries(awsClients))('a secret, with %s clients', (_clients, { createSecretReader }) => {
  let server: Listening;
  let stages: Record<string, string | undefined> = {};
  let status = 200;
  let reads: string[] = [];
  let now = NOW;
  const env = { ...process.env };

  beforeAll(async () => {
    const answering = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { VersionStage } = JSON.parse(body);
      reads.push(VersionStage);
      const value = stages[VersionStage];
      const isThere = status === 200 && value !== undefined;
      response.writeHead(isThere ? 200 : status === 200 ? 400 : status, {
        'content-type': 'application/x-amz-json-1.1',
        ...(status === 200 && !isThere && { 'x-amzn-errortype': 'ResourceNotFoundException' }),
      });
      response.end(JSON.stringify(isThere ? { SecretString: value } : { message: 'no' }));
    });
    server = await listen(answering);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${server.port}`,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
  });
  afterAll(async () => {
    process.env = env;
    await server.stop();
  });
  beforeEach(() => {
    stages = { AWSCURRENT: 'current', AWSPREVIOUS: 'previous' };
    status = 200;
    reads = [];
    now = NOW;
  });

  const open = () =>
    createSecret('arn:aws:secretsmanager:local:0:secret:origin', createSecretReader(process.env), () => now);

  it('is its current value, then its previous one', async () => {
    expect(await open().values()).toEqual(['current', 'previous']);
  });

  it('is its current value alone when it was never rotated', async () => {
    stages.AWSPREVIOUS = undefined;

    expect(await open().values()).toEqual(['current']);
  });

  it('is read once in five minutes, however many ask', async () => {
    const secret = open();

    await Promise.all([secret.values(), secret.values(), secret.values()]);
    now = NOW + 5 * MINUTE - 1;
    await secret.values();
    expect(reads).toHaveLength(2);

    now = NOW + 5 * MINUTE;
    await secret.values();
    expect(reads).toHaveLength(4);
  });

  it('is read again for a value that does not fit, once in ten seconds', async () => {
    const secret = open();
    await secret.values();
    stages = { AWSCURRENT: 'next', AWSPREVIOUS: 'current' };

    now = NOW + 9_999;
    expect(await secret.reread()).toEqual(['current', 'previous']);
    now = NOW + 10_000;
    expect(await Promise.all([secret.reread(), secret.reread()])).toEqual(Array(2).fill(['next', 'current']));
    expect(await secret.values()).toEqual(['next', 'current']);
    expect(reads).toHaveLength(4);
  });

  it('that could not be read is read again when it is next asked for', async () => {
    const secret = open();
    status = 403;
    await expect(secret.values()).rejects.toThrow();
    status = 200;

    expect(await secret.values()).toEqual(['current', 'previous']);
  });

  it('has to have a current value', async () => {
    stages = {};

    await expect(open().values()).rejects.toThrow();
  });
});
