import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CREDENTIALS } from '../../local/util/sigV4';
import { FILES_AND_RIGHTS, sharedStack } from './sharedStack';
import { type Client, open } from './support';

jest.setTimeout(60_000);

const stack = sharedStack({ params: FILES_AND_RIGHTS });
let lambda: LambdaClient;

beforeAll(async () => {
  const { lambdaUrl: endpoint } = stack;
  lambda = new LambdaClient({ region: 'us-east-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
});
afterAll(async () => {
  lambda.destroy();
});

async function token(name: string): Promise<{ token: string; user: { id: string; name: string } }> {
  const answer = await fetch(`${stack.url}/api/token`, { method: 'POST', body: JSON.stringify({ name }) });
  return (await answer.json()) as { token: string; user: { id: string; name: string } };
}

async function enter(name: string, room: string, after?: number): Promise<Client & { userId: string }> {
  const guest = await token(name);
  const client = await open(stack.socketUrl, ['chat.v1', `bearer.${guest.token}`], { origin: stack.url });
  client.send({ action: 'joinRoom', room, ...(after !== undefined && { after }) });
  return { ...client, userId: guest.user.id };
}

const post = (room: string, body: unknown, bearer?: string, url = stack.url, type = 'application/json') =>
  fetch(`${url}/api/rooms/${room}/messages`, {
    method: 'POST',
    headers: { 'Content-Type': type, ...(bearer && { Authorization: `Bearer ${bearer}` }) },
    body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
  });

const GREEN = '{"id": "message-1", "text": "Gr\u00fcn"}';

it.each([
  ['in Latin-1, declared as JSON', Buffer.from(GREEN, 'latin1'), 'application/json', 400, /UTF-8/],
  ['in Latin-1, declared as nothing', Buffer.from(GREEN, 'latin1'), '', 400, /UTF-8/],
  ['that says it is Latin-1', Buffer.from(GREEN), 'application/json; charset=ISO-8859-1', 415, /UTF-8/],
  ['in UTF-16', Buffer.from(`\ufeff${GREEN}`, 'utf16le'), 'application/octet-stream', 400, /UTF-8/],
  ['with a byte order mark', Buffer.from(`\ufeff${GREEN}`), 'application/json', 400, /byte order mark/],
])('a body %s is refused with the reason, and written nowhere', async (_what, body, type, status, reason) => {
  const bot = await token('Bot');

  const refused = [
    await post('bytes', body, bot.token, stack.url, type),
    await fetch(`${stack.url}/api/token`, { method: 'POST', headers: { 'Content-Type': type }, body }),
  ];

  for (const answer of refused)
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { error: { code: 'badFrame', message: expect.stringMatching(reason) } },
    ]);
  const good = await post('bytes', Buffer.from(GREEN), bot.token, stack.url, 'text/plain; charset="UTF-8"');
  expect(good.status).toBe(201);
});

async function invoke(logicalId: string, payload: unknown) {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: stack.ref(logicalId), Payload: JSON.stringify(payload) }),
  );
  return { value: JSON.parse(Buffer.from(Payload ?? []).toString()), failed: FunctionError !== undefined };
}

it('a bot posts through the edge; people see it under the name in its token, once', async () => {
  const ann = await enter('Ann', 'alerts');
  await ann.nextOf('joined');
  const bot = await token('Disk bot');
  const message = { id: 'disk-full-1', text: 'Disk full' };

  const first = await post('alerts', message, bot.token);
  const again = await post('alerts', message, bot.token);

  expect([first.status, await first.json()]).toEqual([
    201,
    {
      type: 'ack',
      room: 'alerts',
      log: expect.any(String),
      id: 'disk-full-1',
      seq: 1,
      at: expect.any(Number),
    },
  ]);
  expect([again.status, await again.json()]).toMatchObject([200, { seq: 1, duplicate: true }]);
  expect(again.headers.get('cache-control')).toBe('no-store');
  expect(await ann.nextOf('message')).toMatchObject({ seq: 1, text: 'Disk full', from: bot.user });
  ann.send({ action: 'getHistory', room: 'alerts' });
  expect(await ann.nextOf('history')).toMatchObject({ messages: [{ seq: 1 }] });
  ann.socket.close();
});

it.each<[string, number, string, () => Promise<Response>]>([
  ['no token', 401, 'expired', () => post('alerts', { id: 'message-1', text: 'x' })],
  ['a token that is none', 401, 'expired', () => post('alerts', { id: 'message-1', text: 'x' }, 'e.y.z')],
  ['no JSON', 400, 'badFrame', async () => post('alerts', 'hello', (await token('Bot')).token)],
  ['no text', 400, 'badField', async () => post('alerts', { id: 'message-1' }, (await token('Bot')).token)],
  [
    'a field nobody knows',
    400,
    'badField',
    async () =>
      post('alerts', { id: 'message-1', text: 'x', from: { id: 'root' } }, (await token('Bot')).token),
  ],
  [
    'objects in objects',
    400,
    'badFrame',
    async () => post('alerts', { id: 'message-1', text: { in: { in: 1 } } }, (await token('Bot')).token),
  ],
  [
    'a room that cannot be',
    400,
    'badField',
    async () => post('..%2Fadmin', { id: 'message-1', text: 'x' }, (await token('Bot')).token),
  ],
  [
    'a body that is too large',
    413,
    'tooLarge',
    async () => post('alerts', { id: 'message-1', text: 'x'.repeat(30_000) }, (await token('Bot')).token),
  ],
  [
    'a way past the edge',
    403,
    'forbidden',
    async () =>
      post('alerts', { id: 'message-1', text: 'x' }, (await token('Bot')).token, stack.apiDirectUrl),
  ],
])('%s is answered %d %s', async (_what, status, code, ask) => {
  const answer = await ask();

  expect([answer.status, await answer.json()]).toEqual([
    status,
    { error: expect.objectContaining({ code, message: expect.any(String) }) },
  ]);
});

it('a bot that posts too fast is told in how many seconds to come again', async () => {
  const bot = await token('Flood');
  const answers = await Promise.all(
    Array.from({ length: 80 }, (_, i) => post('flood', { id: `message-${i}`, text: 'x' }, bot.token)),
  );

  const refused = answers.find(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(40);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await refused?.json()).toMatchObject({
    error: { code: 'rateLimited', retryAfterMs: expect.any(Number) },
  });
});

it('the function publishes in any name, and gives a typed answer', async () => {
  const bob = await enter('Bob', 'news');
  await bob.nextOf('joined');
  const order = { room: 'news', id: 'release-1', text: 'Version 2', from: { id: 'bot:news', name: 'News' } };

  expect((await invoke('OperatorPublishLambdaFunction', order)).value).toMatchObject({ type: 'ack', seq: 1 });
  expect((await invoke('OperatorPublishLambdaFunction', order)).value).toMatchObject({
    seq: 1,
    duplicate: true,
  });
  expect(await bob.nextOf('message')).toMatchObject({ text: 'Version 2', from: { name: 'News' } });
  expect((await invoke('OperatorPublishLambdaFunction', { ...order, from: {} })).value).toMatchObject({
    type: 'error',
    code: 'badField',
  });
  bob.socket.close();
});

it('back ends react and list reactions, by HTTP and by IAM', async () => {
  const ann = await enter('Ann', 'builds');
  await ann.nextOf('joined');
  const bot = await token('Build bot');
  await post('builds', { id: 'build-17', text: 'Build 17' }, bot.token);
  const check = { action: 'react', of: 1, name: '✅', on: true, v: 1 };
  const list = { action: 'getReactions', of: 1 };
  const operator = { room: 'builds', from: { id: 'bot:news', name: 'News' } };
  const reacted = { type: 'ok', action: 'react', room: 'builds', of: 1, name: '✅' };

  const byHttp = await post('builds', check, bot.token);
  expect([byHttp.status, await byHttp.json()]).toEqual([200, { ...reacted, k: 1 }]);
  expect(await ann.nextOf('reacted')).toMatchObject({ counts: { '✅': 1 }, users: { '✅': [bot.user] } });
  const byIam = await invoke('OperatorPublishLambdaFunction', { ...operator, ...check });
  expect(byIam.value).toEqual({ ...reacted, k: 2 });
  expect(await ann.nextOf('reacted')).toMatchObject({ counts: { '✅': 2 } });

  const users = { '✅': expect.arrayContaining([bot.user, operator.from]) };
  const lists = { type: 'reactions', room: 'builds', of: 1, k: 2, counts: { '✅': 2 }, users, mine: ['✅'] };
  const listed = await post('builds', list, bot.token);
  expect([listed.status, await listed.json()]).toEqual([200, lists]);
  expect((await invoke('OperatorPublishLambdaFunction', { ...operator, ...list })).value).toEqual(lists);

  const gone = await post('builds', { ...check, of: 9 }, bot.token);
  expect([gone.status, await gone.json()]).toMatchObject([410, { error: { code: 'gone', action: 'react' } }]);
  for (const [room, body, status] of [
    ['quiet', check, 403],
    ['quiet', list, 410],
    ['secret', list, 403],
    ['builds', { ...check, v: 0 }, 400],
    ['builds', { ...list, v: 1 }, 400],
  ] as const)
    expect([room, (await post(room, body, bot.token)).status]).toEqual([room, status]);
  ann.socket.close();
});

it("a user's messages go from a room others are in: it keeps its numbers", async () => {
  const [ann, bob] = [await enter('Ann', 'party'), await enter('Bob', 'party')];
  for (const person of [ann, bob]) await person.nextOf('joined');
  for (const [seq, person] of [ann, bob, ann].entries()) {
    person.send({
      action: 'sendMessage',
      room: 'party',
      id: `message-${seq}`,
      text: `Text ${seq}`,
      after: seq,
    });
    await person.nextOf('ack');
  }

  expect((await invoke('OperatorEraseLambdaFunction', { user: ann.userId })).value).toEqual({ erased: 2 });

  bob.send({ action: 'getHistory', room: 'party' });
  const { messages } = (await bob.nextOf('history')) as { messages: unknown[] };
  expect(messages).toMatchObject([
    { type: 'erased', seq: 1, id: 'message-0' },
    { type: 'message', seq: 2 },
    { type: 'erased', seq: 3 },
  ]);
  expect(JSON.stringify(messages)).not.toContain('Ann');
  bob.send({ action: 'sendMessage', room: 'party', id: 'message-9', text: 'Still here', after: 3 });
  expect(await bob.nextOf('ack')).toMatchObject({ seq: 4 });
  expect((await invoke('OperatorExportLambdaFunction', { room: 'party' })).value.messages).toHaveLength(4);
  expect((await invoke('OperatorEraseLambdaFunction', { room: 'party' })).value).toEqual({ erased: 2 });
  const cy = await enter('Cy', 'party');
  const joined = await cy.nextOf('joined');
  expect(joined).toMatchObject({ head: 4 });
  expect(JSON.stringify(joined.messages)).not.toContain('Text');
  for (const person of [ann, bob, cy]) person.socket.close();
});

it.each([
  ['OperatorEraseLambdaFunction', {}],
  ['OperatorEraseLambdaFunction', { room: 'party', user: 'ann' }],
  ['OperatorEraseLambdaFunction', { rom: 'party' }],
  ['OperatorExportLambdaFunction', { room: 'Not a room' }],
])('%s refuses %j', async (name, event) => {
  expect(await invoke(name, event)).toMatchObject({ failed: true });
});
