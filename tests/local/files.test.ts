import { createServer, request as forward, type Server } from 'node:http';
import type { Objects } from '../../local/services/s3/objects';
import { type Stack, startStack } from '../../local/stack';
import { type Listening, listen } from '../../local/util/listen';
import { CHANGED_FORMS, CONTENT, type PostedForm, submit, wanted } from './changedForms';
import { FILES_AND_RIGHTS } from './sharedStack';
import { type Client, open } from './support';

jest.setTimeout(60_000);

interface Guest {
  token: string;
  user: { id: string; name: string };
}

interface Form extends PostedForm {
  id: string;
  expiresAt: number;
  tile?: PostedForm;
}

const MANY = 20;

let stack: Stack;
let now: number | undefined;
let guests = 0;
let proxy: Listening | undefined;
let status: number | undefined;

beforeAll(async () => {
  stack = await startStack({
    params: FILES_AND_RIGHTS,
    now: () => now ?? Date.now(),
    hooks: {
      async endpoint(service, url) {
        if (service !== 's3') return url;
        proxy = await listen(refuseAtTimes(url));
        return `http://127.0.0.1:${proxy.port}`;
      },
    },
  });
});
afterAll(async () => {
  await stack.stop();
  await proxy?.stop();
});
afterEach(() => {
  now = undefined;
  status = undefined;
});

/** Passes requests on to S3; those that change tags or remove files it answers with `status` while there is one. */
function refuseAtTimes(url: string): Server {
  return createServer((request, response) => {
    if (request.method === 'DELETE' && status !== undefined) return response.writeHead(status).end();
    const { method = '', url: path = '', headers } = request;
    const onward = forward(`${url}${path}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    return request.pipe(onward);
  });
}

/** A user of its own for each test: each pays for its own requests. */
async function guest(): Promise<Guest> {
  guests += 1;
  const body = JSON.stringify({ name: `Guest ${guests}` });
  return (await fetch(`${stack.url}/api/token`, { method: 'POST', body })).json() as Promise<Guest>;
}

const call = (method: string, path: string, { token }: Guest, body?: unknown) =>
  fetch(`${stack.url}/api/rooms/${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function prepare(user: Guest, room: string, content = CONTENT): Promise<Form> {
  const answer = await call('POST', `${room}/uploads`, user, wanted(content));
  expect(answer.status).toBe(201);
  return (await answer.json()) as Form;
}

async function upload(user: Guest, room: string, content = CONTENT): Promise<string> {
  const form = await prepare(user, room, content);
  expect((await submit(form, content)).status).toBe(204);
  return form.id;
}

const send = (user: Guest, room: string, files: string[], id = `message-${files[0]}`) =>
  call('POST', `${room}/messages`, user, { id, text: 'Look', files });

async function sent(user: Guest, room: string, files: string[]): Promise<number> {
  const answer = await send(user, room, files);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { seq: number }).seq;
}

function objects(): Objects {
  if (!stack.files) throw new Error('The stack has no bucket of files.');
  return stack.files;
}

const keyOf = (id: string) =>
  objects()
    .keys()
    .find((key) => key.endsWith(`/${id}`));

async function join(user: Guest, room: string): Promise<Client> {
  const client = await open(stack.socketUrl, ['chat.v1', `bearer.${user.token}`], { origin: stack.url });
  client.send({ action: 'joinRoom', room });
  await client.nextOf('joined');
  return client;
}

it('a file is uploaded, sent, told with its message, and read', async () => {
  const [ann, bob] = [await guest(), await guest()];
  const reader = await join(bob, 'whole');
  const id = await upload(ann, 'whole');
  expect(Object.keys(objects().get(keyOf(id) ?? '')?.tags ?? {})).toEqual(['pending']);

  const seq = await sent(ann, 'whole', [id]);

  const file = { id, name: 'grün (1).txt', type: 'text/plain', bytes: CONTENT.length };
  expect(await reader.nextOf('message')).toMatchObject({ seq, files: [file] });
  expect(objects().get(keyOf(id) ?? '')?.tags).toEqual({});
  const redirect = await call('GET', `whole/files/${seq}/${id}`, bob);
  expect(redirect.status).toBe(302);
  const read = await fetch(redirect.headers.get('location') ?? '');
  expect(await read.text()).toBe(String(CONTENT));
  expect(read.headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''gr%C3%BCn%20%281%29.txt",
  );
  reader.socket.close();
});

const TILE = Buffer.from('a tile');

/** Asks for the forms of a picture and of its tile. */
async function prepareTiled(user: Guest, room: string): Promise<Form & { tile: PostedForm }> {
  const { name: _, ...tile } = { ...wanted(TILE), type: 'image/webp' };
  const answer = await call('POST', `${room}/uploads`, user, { ...wanted(CONTENT), type: 'image/png', tile });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Form & { tile: PostedForm };
}

async function sendTiled(user: Guest, room: string): Promise<{ seq: number; id: string }> {
  const form = await prepareTiled(user, room);
  const stored = [await submit(form.tile, TILE), await submit(form, CONTENT)];
  expect(stored.map(({ status }) => status)).toEqual([204, 204]);
  return { seq: await sent(user, room, [form.id]), id: form.id };
}

it('a tile is uploaded with its picture, told with it, stays, and is read in its place', async () => {
  const [ann, bob] = [await guest(), await guest()];
  const reader = await join(bob, 'tiles');

  const { seq, id } = await sendTiled(ann, 'tiles');

  expect(await reader.nextOf('message')).toMatchObject({
    seq,
    files: [{ id, bytes: CONTENT.length, tile: true }],
  });
  expect(objects().get(keyOf(`${id}.tile`) ?? '')?.tags).toEqual({});
  const answers = await Promise.all(
    [id, `${id}.tile`].map(async (file) => {
      const redirect = await call('GET', `tiles/files/${seq}/${file}`, bob);
      return (await fetch(redirect.headers.get('location') ?? '')).text();
    }),
  );
  expect(answers).toEqual([CONTENT, TILE].map(String));
  reader.socket.close();
});

it.each([
  [
    'a deletion of its message',
    (user: Guest, room: string, of: number) =>
      call('POST', `${room}/messages`, user, { action: 'deleteMessage', id: 'deletion-1', of }),
  ],
  [
    'an erasure of its user',
    (user: Guest) => stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { user: user.user.id }),
  ],
  [
    'an erasure of its room',
    (_user: Guest, room: string) => stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { room }),
  ],
] as const)('a tile goes with %s', async (what, remove) => {
  const ann = await guest();
  const room = what.replaceAll(' ', '-');
  const { seq, id } = await sendTiled(ann, room);

  await remove(ann, room, seq);

  expect([keyOf(id), keyOf(`${id}.tile`)]).toEqual([undefined, undefined]);
});

it('a tile that was not uploaded keeps no message, and a picture without a tile has none to read', async () => {
  const ann = await guest();
  const form = await prepareTiled(ann, 'half-tiled');
  await submit(form, CONTENT);
  const seq = await sent(ann, 'half-tiled', [form.id]);
  const plain = await upload(ann, 'half-tiled');
  const plainSeq = await sent(ann, 'half-tiled', [plain]);

  const missing = await call('GET', `half-tiled/files/${seq}/${form.id}.tile`, ann);
  const none = await call('GET', `half-tiled/files/${plainSeq}/${plain}.tile`, ann);

  expect((await fetch(missing.headers.get('location') ?? '')).status).toBe(404);
  expect(none.status).toBe(410);
});

it.each([
  ['that is SVG', { type: 'image/svg+xml' }],
  ['that is too large', { bytes: 65_537 }],
  ['with a name', { name: 'tile.png' }],
])('a tile %s is refused', async (_what, changed) => {
  const { type: _, name: __, ...rest } = wanted(TILE);
  const tile = { ...rest, type: 'image/png', ...changed };
  const answer = await call('POST', 'names/uploads', await guest(), { ...wanted(CONTENT), tile });

  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'badField' } }]);
});

it.each(CHANGED_FORMS)(
  'a form with %s is refused, and nothing is stored',
  async (_what, change, content, code) => {
    const form = await prepare(await guest(), 'forms');
    const before = objects().keys();

    const answer = await submit(change(form), content);

    expect([answer.ok, /<Code>(\w+)/.exec(await answer.text())?.[1]]).toEqual([false, code]);
    expect(objects().keys()).toEqual(before);
  },
);

it('a file is read through CloudFront, in a sandbox, and with nothing but the signature of its address', async () => {
  const ann = await guest();
  const id = await upload(ann, 'edge');
  const seq = await sent(ann, 'edge', [id]);
  const redirect = await call('GET', `edge/files/${seq}/${id}`, ann);
  const address = new URL(redirect.headers.get('location') ?? '');
  const read = (change: (url: URL) => void, headers = {}) => {
    const url = new URL(address);
    change(url);
    return fetch(url, { headers });
  };

  const whole = await read(() => {}, { authorization: `Bearer ${ann.token}`, origin: 'https://app.invalid' });
  const without = await read((url) => {
    url.search = '';
  });
  const forged = await read((url) => url.searchParams.set('X-Amz-Expires', '86400'));
  const more = await read((url) => url.searchParams.set('response-content-disposition', 'inline'));

  expect(Object.fromEntries(whole.headers)).toMatchObject({
    via: expect.stringContaining('CloudFront'),
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'content-disposition': expect.stringMatching(/^attachment;/),
    'access-control-allow-origin': '*',
  });
  expect(await whole.text()).toBe(String(CONTENT));
  expect([without.status, forged.status]).toEqual([403, 403]);
  expect(more.headers.get('content-disposition')).toMatch(/^attachment;/);
});

it('a form expires after ten minutes, and the address of a file after five', async () => {
  const ann = await guest();
  const form = await prepare(ann, 'late');
  const id = await upload(ann, 'late');
  const seq = await sent(ann, 'late', [id]);
  const redirect = await call('GET', `late/files/${seq}/${id}`, ann);

  now = Date.now() + 600_000;

  expect(await (await submit(form, CONTENT)).text()).toMatch('Policy expired');
  const read = await fetch(redirect.headers.get('location') ?? '');
  expect([read.status, await read.text()]).toEqual([403, expect.stringMatching('Request has expired')]);
});

it.each([
  ['of another user', async (_ann: Guest) => upload(await guest(), 'strange')],
  ['of another room', (ann: Guest) => upload(ann, 'elsewhere')],
  ['that was not uploaded', async (ann: Guest) => (await prepare(ann, 'strange')).id],
  [
    'that another message has',
    async (ann: Guest) => {
      const id = await upload(ann, 'strange');
      await sent(ann, 'strange', [id]);
      return id;
    },
  ],
])('a file %s is refused, and no message is written', async (_what, fileFor) => {
  const ann = await guest();
  const id = await fileFor(ann);
  const bob = await join(await guest(), 'strange');

  const answer = await send(ann, 'strange', [id], 'message-refused');

  expect([answer.status, await answer.json()]).toMatchObject([410, { error: { code: 'gone' } }]);
  bob.send({ action: 'getHistory', room: 'strange' });
  const { messages } = (await bob.nextOf('history')) as { messages: { id: string }[] };
  expect(messages.map((message) => message.id)).not.toContain('message-refused');
  bob.socket.close();
});

it('a user who has asked for a day of files gets no form, and others do', async () => {
  const [ann, bob] = [await guest(), await guest()];
  const largest = { ...wanted(CONTENT), bytes: 25 * 1024 * 1024 };
  const ask = (user: Guest) => call('POST', 'daily/uploads', user, largest);
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await ask(ann));

  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 409]);
  expect(await answers[4]?.json()).toMatchObject({
    error: { code: 'tooMany', message: expect.stringContaining('100 MB a day') },
  });
  expect((await ask(bob)).status).toBe(201);
});

it('a repeat of a message with files is acknowledged once more', async () => {
  const ann = await guest();
  const id = await upload(ann, 'again');
  const seq = await sent(ann, 'again', [id]);

  const again = await send(ann, 'again', [id]);

  expect([again.status, await again.json()]).toMatchObject([200, { seq, duplicate: true }]);
});

it('a file of a deleted message is removed before the deletion is acknowledged', async () => {
  const ann = await guest();
  const id = await upload(ann, 'deleted');
  const seq = await sent(ann, 'deleted', [id]);

  const deletion = { action: 'deleteMessage', id: 'deletion-1', of: seq };
  expect((await call('POST', 'deleted/messages', ann, deletion)).status).toBe(201);

  expect(keyOf(id)).toBeUndefined();
  expect((await call('GET', `deleted/files/${seq}/${id}`, ann)).status).toBe(410);
});

it('erasing a user removes the files in messages and those that no message names', async () => {
  const [ann, bob] = [await guest(), await guest()];
  const ids = [await upload(ann, 'erased'), await upload(ann, 'erased')];
  const kept = await upload(bob, 'erased');
  await sent(ann, 'erased', ids.slice(0, 1));
  await sent(bob, 'erased', [kept]);

  const done = await stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { user: ann.user.id });

  expect(done).toMatchObject({ ok: true, value: { erased: 1 } });
  expect([...ids, kept].map((id) => keyOf(id) !== undefined)).toEqual([false, false, true]);
});

it('erasing a room removes the files of its messages', async () => {
  const ann = await guest();
  const id = await upload(ann, 'emptied');
  await sent(ann, 'emptied', [id]);

  await stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { room: 'emptied' });

  expect(keyOf(id)).toBeUndefined();
});

it('a message takes ten files', async () => {
  const ann = await guest();
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) ids.push(await upload(ann, 'ten', Buffer.from(`file ${i}`)));

  await sent(ann, 'ten', ids);

  const refused = await send(ann, 'ten', [...ids, 'A'.repeat(22)], 'message-eleven');
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: 'badField' } }]);
});

it.each([
  ['a path', { name: '../etc/passwd' }],
  ['a hidden name', { name: '.htaccess' }],
  ['a name that changes its direction', { name: 'invoice\u202egpj.exe' }],
  ['a type with a parameter', { type: 'text/html; charset=utf-7' }],
  ['no type', { type: '' }],
  ['no byte', { bytes: 0 }],
  ['too many bytes', { bytes: 25 * 1024 * 1024 + 1 }],
  ['no checksum', { sha256: '' }],
])('an upload with %s is refused', async (_what, changed) => {
  const answer = await call('POST', 'names/uploads', await guest(), { ...wanted(CONTENT), ...changed });

  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'badField' } }]);
});

it('uploads are charged like messages, before the body is read', async () => {
  const ann = await guest();
  const statuses: number[] = [];
  for (let i = 0; i < 60 && !statuses.includes(429); i++)
    statuses.push(
      ...(await Promise.all(Array.from({ length: MANY }, () => call('POST', 'hasty/uploads', ann, 'x')))).map(
        ({ status }) => status,
      ),
    );

  expect([...new Set(statuses)].sort()).toEqual([400, 429]);
});

it('a token is needed, and the origin secret', async () => {
  const ann = await guest();
  const paths = ['any/uploads', 'any/files/1/AAAAAAAAAAAAAAAAAAAAAA'];
  for (const [i, path] of paths.entries()) {
    const method = i === 0 ? 'POST' : 'GET';
    expect((await call(method, path, { ...ann, token: 'no-token' })).status).toBe(401);
    const past = await fetch(`${stack.apiDirectUrl}/api/rooms/${path}`, { method });
    expect([past.status, await past.json()]).toMatchObject([403, { error: { code: 'forbidden' } }]);
  }
});

it('a message whose files do not stay yet is told to no client, and any reader completes it', async () => {
  const ann = await guest();
  const bob = await join(await guest(), 'broken');
  const id = await upload(ann, 'broken');
  status = 503;
  const broken = await send(ann, 'broken', [id]);
  bob.send({ action: 'getHistory', room: 'broken' });
  const unread = await bob.nextOf('error');
  status = undefined;
  bob.send({ action: 'getHistory', room: 'broken' });
  const read = await bob.nextOf('history');

  expect([broken.status, unread]).toMatchObject([503, { code: 'unavailable' }]);
  expect(read).toMatchObject({ messages: [{ id: `message-${id}`, files: [{ id }] }] });
  expect(objects().get(keyOf(id) ?? '')?.tags).toEqual({});
  expect((await send(ann, 'broken', [id])).status).toBe(200);
  bob.socket.close();
});

it('a missing right in S3 fails the function, and no message is told', async () => {
  const ann = await guest();
  const id = await upload(ann, 'forbidden');
  status = 403;
  const failed = await send(ann, 'forbidden', [id]);
  status = undefined;

  expect([failed.status, (await send(ann, 'forbidden', [id])).status]).toEqual([500, 200]);
});

it('a deletion whose files are not removed yet is told to no client', async () => {
  const ann = await guest();
  const id = await upload(ann, 'half');
  const seq = await sent(ann, 'half', [id]);
  const deletion = { action: 'deleteMessage', id: 'deletion-1', of: seq };
  status = 503;
  const broken = await call('POST', 'half/messages', ann, deletion);
  status = undefined;

  const read = await call('GET', `half/files/${seq}/${id}`, ann);
  const again = await call('POST', 'half/messages', ann, deletion);

  expect([broken.status, read.status, again.status]).toEqual([503, 302, 200]);
  expect(keyOf(id)).toBeUndefined();
});

it('without the parameter there is no bucket, and files are refused', async () => {
  const bare = await startStack();
  const own = stack;
  stack = bare;
  try {
    const ann = await guest();
    const client = await open(bare.socketUrl, ['chat.v1', `bearer.${ann.token}`], { origin: bare.url });
    client.send({ action: 'joinRoom', room: 'plain' });

    expect((await client.nextOf('joined')).can).not.toContain('attach');
    expect(bare.files).toBeUndefined();
    const answers = [
      await call('POST', 'plain/uploads', ann, wanted(CONTENT)),
      await call('GET', 'plain/files/1/AAAAAAAAAAAAAAAAAAAAAA', ann),
      await send(ann, 'plain', ['AAAAAAAAAAAAAAAAAAAAAA']),
    ];
    for (const answer of answers)
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { error: { message: expect.stringMatching('takes no files') } },
      ]);
    client.socket.close();
  } finally {
    stack = own;
    await bare.stop();
  }
});
