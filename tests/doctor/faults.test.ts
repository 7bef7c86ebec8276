import { Transform } from 'node:stream';
import { CHECKS } from '../../cli/doctor/checks';
import type { Result } from '../../cli/doctor/harness/check';
import type { StackOptions } from '../../local/stack';
import {
  isRecord,
  type JsonRecord,
  recordAt,
  resourcesOf,
  type Template,
} from '../../local/template/template';
import { examine, type Patient, rewriting, rewritingReplies, startPatient } from './kit';
import { startStranger } from './stranger';

jest.setTimeout(120_000);

const seen = new Set<string>();

/** The checks that failed, which are now known to be able to. */
function failures(results: readonly Result[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  for (const { name, remedy } of failed) if (remedy) seen.add(name);
  return failed.map(({ name }) => name);
}

const detailsOf = (results: readonly Result[]): string =>
  results.map(({ name, detail }) => `${name}: ${detail}`).join('\n');

type Faults = Patient['faults'];

const allowsAnybody = (): Faults => ({
  invoke: rewriting('-authorize', (value) => {
    value.context ??= {
      user: 'anybody',
      name: 'Anybody',
      rooms: '*:rw',
      expires: String(Date.now() + 60_000),
    };
    value.policyDocument = JSON.parse(JSON.stringify(value.policyDocument).replace('"Deny"', '"Allow"'));
  }),
});

const dropsBinary = (): Faults => ({
  tunnel: () => ({
    toOrigin: new Transform({
      transform: (chunk: Buffer, _encoding, done) => done(null, chunk[0] === 0x82 ? undefined : chunk),
    }),
  }),
});

const movesRepeats = (): Faults => {
  let count = 0;
  return {
    invoke: ({ functionName, event }, run) => {
      if (functionName.endsWith('-sendMessage') && isRecord(event as JsonRecord)) {
        const sent = JSON.parse(String((event as JsonRecord).body));
        count += 1;
        (event as JsonRecord).body = JSON.stringify({ ...sent, id: `${sent.id.slice(0, 16)}-${count}` });
      }
      return run();
    },
  };
};

const withoutOne = (page: Record<string, unknown>): void => {
  if (Array.isArray(page.messages)) page.messages.splice(1, 1);
};

/** Each fault, the checks that are run, and the one that must fail. */
const RUNNING: [string, () => Faults, string[], RegExp][] = [
  [
    'drops every post',
    () => ({ post: async () => ({ status: 200 }) }),
    ['fanOut'],
    /5 of 5 messages did not arrive/,
  ],
  ['is forbidden to post', () => ({ post: async () => ({ status: 403 }) }), ['fanOut'], /did not arrive/],
  ['lets anybody in', allowsAnybody, ['badToken', 'tokenInUrl', 'badOrigin'], /answered 101/],
  [
    'echoes the token',
    () => ({
      invoke: rewriting('-connect', (value) => {
        value.headers = { 'Sec-WebSocket-Protocol': 'bearer.x' };
      }),
    }),
    ['handshake'],
    /subprotocol echoed is/,
  ],
  [
    'gives no tokens',
    () => ({
      invoke: rewriting('-issueGuestToken', (value) => Object.assign(value, { statusCode: 403, body: '{}' })),
    }),
    ['token'],
    /gave no token/,
  ],
  [
    'acknowledges under a wrong number',
    () => ({
      invoke: rewritingReplies('-sendMessage', 'ack', (ack) => {
        ack.seq = Number(ack.seq) + 1;
      }),
    }),
    ['roundTrip'],
    /The message after seq 0 was acknowledged as seq 2/,
  ],
  [
    'writes nothing',
    () => ({
      invoke: rewritingReplies('-sendMessage', 'ack', (ack) => {
        Object.assign(ack, { type: 'error', code: 'unavailable', message: 'Try again.' });
      }),
    }),
    ['room'],
    /sendMessage of user "Doctor Ann" \(guest:[\w-]+\) was refused: unavailable\. Try again\./,
  ],
  ['writes a repeat again', movesRepeats, ['repeat'], /repeat of seq 1 was acknowledged as new at seq 2/],
  [
    'leaves a message out of the history',
    () => ({ invoke: rewritingReplies('-roomActions', 'history', withoutOne) }),
    ['history'],
    /1 missing/,
  ],
  [
    'leaves a message out of a resume',
    () => ({ invoke: rewritingReplies('-roomActions', 'joined', withoutOne) }),
    ['resume'],
    /of 5 messages 1 missing/,
  ],
  [
    'resumes in another order',
    () => ({
      invoke: rewritingReplies('-roomActions', 'joined', ({ messages }) => {
        if (Array.isArray(messages)) messages.reverse();
      }),
    }),
    ['resume'],
    /out of order/,
  ],
  [
    'tells of nothing that was missed',
    () => ({
      invoke: rewritingReplies('-roomActions', 'pong', (pong) => {
        pong.behind = {};
      }),
    }),
    ['idle'],
    /does not tell that a message was missed/,
  ],
  [
    'says nothing to wrong frames',
    () => ({ invoke: rewriting('-roomActions', (value) => delete value.body) }),
    ['errors'],
    /No answer to a wrong frame/,
  ],
  ['swallows binary frames', dropsBinary, ['binary'], /No end of the connection/],
];

describe('the doctor, on a stack that', () => {
  let patient: Patient;

  beforeAll(async () => {
    patient = await startPatient();
  });
  afterEach(() => {
    patient.repair();
  });
  afterAll(() => patient.stop());

  it.each(RUNNING)('%s, says so', async (_name, faults, names, seenThere) => {
    Object.assign(patient.faults, faults());

    const results = await examine({ ...patient.target, patienceMs: 1500 }, names);

    expect(failures(results)).toEqual(names);
    expect(detailsOf(results)).toMatch(seenThere);
  });

  it('takes too long, gives up in time', async () => {
    patient.faults.invoke = () => new Promise(() => {});

    const results = await examine(patient.target, ['roundTrip', 'fanOut'], 700);

    expect(results).toMatchObject([
      { name: 'roundTrip', outcome: 'failed', remedy: expect.stringMatching(/--within/) },
      { name: 'fanOut', outcome: 'skipped' },
    ]);
  });
});

/** Takes the page's headers away, and the authorizer's need of the origin header. */
function unlocked(template: Template): Template {
  const config = template.Resources.Distribution?.Properties?.DistributionConfig as JsonRecord;
  delete recordAt(config, 'DefaultCacheBehavior').ResponseHeadersPolicyId;
  for (const { properties } of resourcesOf(template, 'AWS::ApiGatewayV2::Authorizer'))
    properties.IdentitySource = [];
  return template;
}

it('says that the page has no headers, that the origin is open, and that frames have no limit', async () => {
  const patient = await startPatient({ template: unlocked, limits: { frameBytes: 1_000_000 } });
  Object.assign(patient.faults, allowsAnybody());
  const results = await examine({ ...patient.target, patienceMs: 1500 }, [
    'page',
    'handshake',
    'direct',
    'oversize',
  ]);
  await patient.stop();

  expect(failures(results)).toEqual(['page', 'direct', 'oversize']);
  expect(detailsOf(results)).toMatch(/no Content-Security-Policy.*no X-Content-Type-Options/);
  expect(detailsOf(results)).toMatch(/let a client in that did not come through CloudFront/);
});

/** A part of the configuration of a policy of response headers. */
const headersOf = (template: Template, policy: string, part: string): JsonRecord => {
  const properties = template.Resources[policy]?.Properties ?? {};
  return recordAt(recordAt(properties, 'ResponseHeadersPolicyConfig'), part);
};

const withoutHsts = (template: Template): Template => {
  for (const policy of ['PageHeaders', 'ApiHeaders'])
    delete headersOf(template, policy, 'SecurityHeadersConfig').StrictTransportSecurity;
  return template;
};

const withOpenCsp = (template: Template): Template =>
  JSON.parse(JSON.stringify(template).replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"));

const anHourAhead = (template: Template): Template => {
  const items = headersOf(template, 'PageHeaders', 'CustomHeadersConfig').Items as JsonRecord[];
  items.push({ Header: 'Date', Value: new Date(Date.now() + 3_600_000).toUTCString(), Override: true });
  return template;
};

const allowsEveryOrigin = (): Faults => ({
  invoke: rewriting('-issueGuestToken', (value) => {
    value.headers = { ...(value.headers as JsonRecord), 'access-control-allow-origin': '*' };
  }),
});

it.each<[string, StackOptions, Faults, string[], RegExp]>([
  [
    'sends no HSTS',
    { template: withoutHsts },
    {},
    ['page', 'apiHeaders'],
    /page’s headers are wrong: no Strict-Transport-Security.*headers of an answer are wrong: no Strict/s,
  ],
  ['lets inline scripts run', { template: withOpenCsp }, {}, ['page'], /CSP lets foreign scripts run/],
  [
    'is an hour ahead',
    { template: anHourAhead },
    {},
    ['clock'],
    /clock of this machine is 3[56]\d\d s behind/,
  ],
  [
    'lets every page read tokens',
    {},
    allowsEveryOrigin(),
    ['cors'],
    /A page of https:\/\/evil\.example may read tokens: the answer allows the origin "\*"/,
  ],
])(
  'the doctor, on a stack that %s, says so and nothing else',
  async (_name, options, faults, names, said) => {
    const patient = await startPatient(options);
    Object.assign(patient.faults, faults);
    const results = await examine(patient.target, ['clock', 'edge', 'page', 'apiHeaders', 'cors', 'direct']);
    await patient.stop();

    expect(failures(results)).toEqual(names);
    expect(detailsOf(results)).toMatch(said);
  },
);

describe('sign-in on the page', () => {
  const withoutItsHost = (template: Template): Template =>
    JSON.parse(JSON.stringify(template).replace(/connect-src 'self' [^;]*/, "connect-src 'self'"));
  const checked = async (patient: Patient) => examine(patient.target, ['pageSignIn']);

  it('is found ready, until the provider is down', async () => {
    const patient = await startPatient({ signIn: {} });
    const ready = await checked(patient);
    await patient.stack.provider?.stop();
    const down = await checked(patient);
    await patient.stop();

    expect(failures(ready)).toEqual([]);
    expect(detailsOf(ready)).toMatch(/answers, and the CSP allows its endpoints/);
    expect(failures(down)).toEqual(['pageSignIn']);
    expect(detailsOf(down)).toMatch(/gave no answer: ECONNREFUSED/);
  });

  it('is found blocked by the CSP', async () => {
    const patient = await startPatient({ signIn: {}, template: withoutItsHost });
    const results = await checked(patient);
    await patient.stop();

    expect(failures(results)).toEqual(['pageSignIn']);
    expect(detailsOf(results)).toMatch(/CSP does not let it call http:\/\/127/);
  });
});

it('says that the edge keeps the key of the handshake to itself, and what the policy lacks', async () => {
  const patient = await startPatient({
    template(template) {
      const policy = template.Resources.SocketRequests?.Properties ?? {};
      const headers = recordAt(recordAt(policy, 'OriginRequestPolicyConfig'), 'HeadersConfig');
      headers.Headers = (headers.Headers as string[]).filter((name) => name !== 'Sec-WebSocket-Key');
      return template;
    },
  });
  const results = await examine(patient.target);
  await patient.stop();

  expect(failures(results)).toEqual(['handshake']);
  expect(results.find(({ name }) => name === 'handshake')).toMatchObject({
    detail: 'It was answered 400.',
    remedy: expect.stringMatching(/origin request policy lacks Sec-WebSocket-Key/),
  });
});

it('says that an address is some other website’s', async () => {
  const stranger = await startStranger();
  const results = await examine({ ...stranger.target, token: 'a.b.c' });
  await stranger.stop();

  expect(failures(results)).toEqual([
    'clock',
    'edge',
    'page',
    'plain',
    'apiHeaders',
    'freshErrors',
    'cors',
    'handshake',
  ]);
  expect(detailsOf(results)).toMatch(/The clock of this machine is 3\d{3} s behind the server's\./);
  expect(detailsOf(results)).toMatch(/The second request was answered with the first one’s 404/);
  expect(detailsOf(results)).toMatch(/A page of https:\/\/evil\.example may read tokens/);
  expect(detailsOf(results)).toMatch(/Sec-WebSocket-Accept does not belong to the key/);
});

it('says that nobody is there, and looks at nothing else', async () => {
  const stranger = await startStranger();
  await stranger.stop();
  const results = await examine(stranger.target);

  expect(failures(results)).toEqual(['reach']);
  expect(results.slice(1).every(({ outcome }) => outcome === 'skipped')).toBe(true);
});

it('has seen each of its checks fail', () => {
  expect(CHECKS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});
