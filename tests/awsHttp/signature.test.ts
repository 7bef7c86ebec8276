import { Readable } from 'node:stream';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import fc from 'fast-check';
import type { Credentials } from '../../lib/aws/credentials';
import { escapeSegment } from '../../lib/aws/escapeSegment';
import { parseOrigin } from '../../lib/aws/http/endpoint';
import { createSigner } from '../../lib/aws/http/sigV4';

const NOW = Date.UTC(2026, 10, 22, 23, 59, 58, 400);

/** A post, its credentials and its place. */
interface Case {
  endpoint: string;
  region: string;
  credentials: Credentials;
  id: string;
  frame: string;
  now: number;
}

const plain: Case = {
  endpoint: 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ws',
  region: 'eu-central-1',
  credentials: {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: `IQoJb3JpZ2luX2Vj${'+/=abc'.repeat(150)}`,
  },
  id: 'L0SM9cOFvHcCIhw=',
  frame: '{"type":"message","seq":1}',
  now: NOW,
};
const { sessionToken: _none, ...lasting } = plain.credentials;

const corpus: [string, Partial<Case>][] = [
  ['an id that ends in =', {}],
  ['an id with + and /', { id: 'a+b/c+d/e==' }],
  ['an id of unreserved characters', { id: 'aZ09-_.~' }],
  ['an id with every reserved character', { id: ":?#[]@!$&'()*+,;=%" }],
  ['an id with spaces and letters beyond ASCII', { id: 'ü 日本🦄' }],
  ['an id that looks escaped', { id: '%2F%3D' }],
  ['lasting credentials, without a session token', { credentials: lasting }],
  ['another region', { region: 'us-east-1' }],
  [
    'China',
    {
      region: 'cn-north-1',
      endpoint: 'https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/ws',
    },
  ],
  ['a custom domain without a path', { endpoint: 'https://chat.example.com' }],
  ['a custom domain with a mapping', { endpoint: 'https://chat.example.com/v1/chat' }],
  ['plain http on a port of its own', { endpoint: 'http://127.0.0.1:3001/ws' }],
  ['https on its own port', { endpoint: 'https://chat.example.com:443/ws' }],
  ['an address of IPv6', { endpoint: 'http://[::1]:3001/ws' }],
  ['an empty frame', { frame: '' }],
  ['a frame of 32 KB', { frame: 'x'.repeat(32_768) }],
  ['a frame beyond ASCII', { frame: '{"text":"ü 日本 🦄"}' }],
  ['the first second of a year', { now: Date.UTC(2027, 0, 1) }],
];

it.each(corpus)('is what the AWS SDK sends: %s', async (_name, given) => {
  const sent = await sentBySdk({ ...plain, ...given });

  expect(ours({ ...plain, ...given }, sent)).toEqual(sent);
});

const ids = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9+/_-]{1,40}={0,2}$/),
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
);
const cases: fc.Arbitrary<Case> = fc.record({
  endpoint: fc.constantFrom(plain.endpoint, 'http://127.0.0.1:4000/ws', 'https://chat.example.com/v1/chat'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'ap-southeast-3', 'us-gov-west-1'),
  credentials: fc.record(
    {
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
      secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      sessionToken: fc.stringMatching(/^[A-Za-z0-9+/]{1,300}={0,2}$/),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  // A path of dots would be another path (RFC 3986, section 5.2.4); API Gateway gives no such ids.
  id: ids.filter((id) => id !== '.' && id !== '..'),
  frame: fc.string({ maxLength: 300, unit: 'grapheme' }),
  now: fc.integer({ min: NOW - 10 ** 10, max: NOW + 10 ** 11 }),
});

it('is what the AWS SDK sends, whatever is sent', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const sent = await sentBySdk(given);

      expect(ours(given, sent)).toEqual(sent);
    }),
    { numRuns: 150 },
  );
}, 60_000);

describe('what is kept', () => {
  const clock = { now: NOW };
  let credentials: Credentials = plain.credentials;
  const { host } = parseOrigin(plain.endpoint);
  const sign = createSigner({
    region: plain.region,
    service: 'execute-api',
    host,
    credentials: () => credentials,
    now: () => clock.now,
  });
  const signed = (request: string): Record<string, string> => headersOf(request);

  it('the date moves on with the clock, from one day to the next', async () => {
    const request = sign('application/octet-stream', plain.frame);

    for (const now of [NOW, NOW + 100, NOW + 1_000, NOW + 2_000, NOW + 86_400_000, NOW]) {
      clock.now = now;
      const sent = await sentBySdk({ ...plain, now });
      expect(signed(request('/ws/@connections/a')).authorization).toBe(
        headersOf(sign('application/octet-stream', plain.frame)('/ws/@connections/a')).authorization,
      );
      expect(ours({ ...plain, now }, sent)).toEqual(sent);
      expect(signed(request('/x'))['x-amz-date']).toBe(sent.headers['x-amz-date']);
    }
  });

  it('new credentials are used from the next frame on', () => {
    credentials = { accessKeyId: 'NEW', secretAccessKey: 'new' };
    const headers = signed(sign('application/octet-stream', 'x')('/y'));

    expect(headers.authorization).toContain('Credential=NEW/');
    expect(headers['x-amz-security-token']).toBeUndefined();
    expect(headers.authorization).toBe(freshlySigned('x', '/y', host, credentials, clock.now));
  });

  it('a token that is new alone is used too', () => {
    credentials = { ...credentials, sessionToken: 'renewed' };

    expect(signed(sign('application/octet-stream', 'x')('/y'))['x-amz-security-token']).toBe('renewed');
  });

  it('frames that are posted in turns are each signed for themselves', () => {
    const [one, two] = [sign('text/plain', 'one'), sign('text/plain', 'two')];

    const alone = [sign('text/plain', 'one')('/a'), sign('text/plain', 'two')('/a')];

    expect([one('/a'), two('/a'), one('/a'), two('/a')]).toEqual([...alone, ...alone]);
  });
});

/** A request as far as its signature covers it. */
interface Sent {
  path: string;
  headers: Record<string, string>;
}

/** What the SDK sends, caught on its way out. */
async function sentBySdk({ endpoint, region, credentials, id, frame, now }: Case): Promise<Sent> {
  let sent: Sent | undefined;
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    region,
    credentials,
    requestHandler: {
      async handle(request: Sent) {
        sent = request;
        return { response: { statusCode: 200, headers: {}, body: Readable.from([]) } };
      },
    },
    systemClockOffset: now - Date.now(),
  });
  await client.send(new PostToConnectionCommand({ ConnectionId: id, Data: frame }));
  if (!sent) throw new Error('Nothing was sent.');
  const names = signedHeadersOf(sent.headers);
  const { path } = sent;
  const headers = Object.fromEntries(
    [...names, 'authorization'].map((name) => [name, String(sent?.headers[name])]),
  );
  return { path, headers };
}

/** What we send in its place: the same, once we are given the headers that only the SDK adds. */
function ours({ endpoint, region, credentials, id, frame }: Case, sent: Sent): Sent {
  const { basePath, host } = parseOrigin(endpoint);
  const time = sent.headers['x-amz-date'] ?? '';
  const now = Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  const sign = createSigner({
    region,
    service: 'execute-api',
    host,
    credentials: () => credentials,
    now: () => now,
  });
  const { authorization: _theirs, ...headers } = sent.headers;
  const added = Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^amz-sdk|user-agent|content-length/.test(name)),
  );
  const path = `${basePath}/@connections/${escapeSegment(id)}`;
  const request = headersOf(sign('application/octet-stream', frame, added)(path));
  return {
    path,
    headers: Object.fromEntries(Object.keys(sent.headers).map((name) => [name, request[name] ?? ''])),
  };
}

function signedHeadersOf({ authorization = '' }: Record<string, string>): string[] {
  return /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
}

function headersOf(request: string): Record<string, string> {
  const [, ...lines] = request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
}

/** The authorization of a signer that has kept nothing. */
function freshlySigned(
  frame: string,
  path: string,
  host: string,
  credentials: Credentials,
  now: number,
): string | undefined {
  const sign = createSigner({
    region: plain.region,
    service: 'execute-api',
    host,
    credentials: () => credentials,
    now: () => now,
  });
  return headersOf(sign('application/octet-stream', frame)(path)).authorization;
}
