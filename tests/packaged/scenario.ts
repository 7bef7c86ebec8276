import { createHash } from 'node:crypto';
import type { Stack } from '../../local/stack';
import { type Client, open, within } from '../local/support';
import type { PackagedStack } from './stack';

/** A day in the life of a stack: every route of every function, and the ways off the beaten path. */
export async function liveThrough({ stack, crowd, silent, quiet }: PackagedStack): Promise<void> {
  const ann = await guest(stack.url, 'Ann');
  const again = await guest(stack.url, 'Ann', ann.token);
  expect(again.user).toEqual(ann.user);
  const bo = await guest(stack.url, 'Bo');

  const past = await fetch(`${stack.apiDirectUrl}/api/token`, { method: 'POST', body: '{"name":"Eve"}' });
  expect(past.status).toBe(403);

  const [first, second] = [
    await connect(stack.socketUrl, ann.token),
    await connect(stack.socketUrl, bo.token),
  ];
  await asked(first, { action: 'joinRoom', room: 'lobby' }, 'joined');
  await asked(second, { action: 'joinRoom', room: 'lobby' }, 'joined');

  for (const [seq, id] of ['message-1', 'message-2', 'message-3'].entries()) {
    const sent = { action: 'sendMessage', room: 'lobby', id, text: `Text ${id}`, after: seq };
    expect(await asked(first, sent, 'ack')).toMatchObject({ seq: seq + 1 });
    expect(await second.nextOf('message')).toMatchObject({ seq: seq + 1, text: `Text ${id}` });
  }
  const repeat = { action: 'sendMessage', room: 'lobby', id: 'message-3', text: 'Text message-3', after: 2 };
  expect(await asked(first, repeat, 'ack')).toMatchObject({ seq: 3, duplicate: true });

  const edit = { action: 'editMessage', room: 'lobby', of: 1, id: 'edit-0001', text: 'New words', after: 3 };
  expect(await asked(first, edit, 'ack')).toMatchObject({ seq: 4 });
  expect(await second.nextOf('edited')).toMatchObject({ of: 1, text: 'New words' });
  const clap = { action: 'react', room: 'lobby', of: 3, name: '👏', on: true, v: 1 };
  expect(await asked(second, clap, 'ok')).toMatchObject({ k: 1 });
  expect(await first.nextOf('reacted')).toMatchObject({ of: 3, counts: { '👏': 1 } });
  expect(await asked(first, { action: 'getReactions', room: 'lobby', of: 3 }, 'reactions')).toMatchObject({
    users: { '👏': [bo.user] },
  });
  const deletion = { action: 'deleteMessage', room: 'lobby', of: 2, id: 'deletion-1', after: 5 };
  expect(await asked(first, deletion, 'ack')).toMatchObject({ seq: 6 });
  expect(await asked(second, { action: 'getHistory', room: 'lobby' }, 'history')).toMatchObject({
    messages: [
      { text: 'New words' },
      { type: 'tombstone' },
      { seq: 3, reactions: { mine: ['👏'] } },
      { of: 1 },
      { of: 3 },
      { of: 2 },
    ],
  });

  expect(await asked(second, { action: 'getHistory', room: 'lobby', limit: 2 }, 'history')).toMatchObject({
    more: true,
  });
  expect(await asked(second, { action: 'ping', rooms: { lobby: 1, elsewhere: 0 } }, 'pong')).toMatchObject({
    behind: { lobby: 6 },
    notJoined: ['elsewhere'],
  });
  await asked(second, { action: 'follow', room: 'lobby' }, 'ok');
  expect(await asked(second, { action: 'getRooms' }, 'rooms')).toMatchObject({
    rooms: [{ room: 'lobby', head: 6 }],
  });
  await asked(second, { action: 'read', room: 'lobby', seq: 6, version: 0 }, 'readMarked');
  await asked(second, { action: 'unfollow', room: 'lobby' }, 'ok');
  await asked(second, { action: 'typing', room: 'lobby' }, 'ok');
  await asked(second, { action: 'signal', room: 'lobby', name: 'wave' }, 'ok');
  const part = { action: 'draft', room: 'lobby', of: 3, generation: 1 };
  await asked(second, { ...part, offset: 0, text: 'So' }, 'ok');
  await asked(second, { ...part, offset: 2, text: ' far' }, 'ok');
  expect(
    await asked(first, { action: 'getDraft', room: 'lobby', of: 3, user: bo.user.id }, 'draft'),
  ).toMatchObject({
    text: 'So far',
  });
  await asked(second, { ...part, offset: 6 }, 'ok');
  await asked(second, { action: 'leaveRoom', room: 'lobby' }, 'ok');
  await asked(second, { action: 'joinRoom', room: 'lobby', after: 2 }, 'joined');
  await asked(second, { action: 'dance' }, 'error');
  await asked(
    second,
    { action: 'sendMessage', room: 'other', id: 'message-9', text: 'Hi', after: 0 },
    'error',
  );
  const syncs = await atOnce(second, 5, () => ({ action: 'getHistory', room: 'lobby' }));
  expect(syncs.map(({ type }) => type)).toEqual(Array(5).fill('history'));
  // Long texts, which cost more: a busy machine must not take so long that the bucket fills meanwhile.
  const flood = await atOnce(second, 45, (i) => ({
    action: 'sendMessage',
    room: 'lobby',
    id: `flooding-${i}`,
    text: 'x'.repeat(4_000),
    after: 3,
  }));
  expect(flood.some(({ code }) => code === 'rateLimited')).toBe(true);

  // A name of more than 12 characters is kept apart from its connection.
  // Some gone connections for a join, typing, a leave, a message and a reaction; then more than a reply waits for.
  await crowd('small-company', 3);
  await asked(first, { action: 'joinRoom', room: 'small-company' }, 'joined');
  await asked(
    first,
    { action: 'sendMessage', room: 'small-company', id: 'message-4', text: 'Anybody?', after: 0 },
    'ack',
  );
  for (const action of ['typing', 'leaveRoom']) {
    await crowd('small-company', 3);
    await asked(first, { action, room: 'small-company' }, 'ok');
    await asked(first, { action: 'joinRoom', room: 'small-company' }, 'joined');
  }
  await crowd('small-company', 3);
  await asked(first, { ...clap, room: 'small-company', of: 1 }, 'ok');
  const greet = async (room: string) => {
    await asked(first, { action: 'joinRoom', room }, 'joined');
    await asked(first, { action: 'sendMessage', room, id: 'message-5', text: 'Hello, all', after: 0 }, 'ack');
  };
  await crowd('crowd', 520);
  await greet('crowd');
  await greet('clapping');
  await crowd('clapping', 520);
  await asked(first, { ...clap, room: 'clapping', of: 1 }, 'ok');

  await attach(stack, ann);
  await asked(first, { action: 'joinRoom', room: 'posted' }, 'joined');
  await serveBackEnds({ stack, crowd }, bo.token);
  await putPeopleOut({ stack, crowd, silent });

  await crowd('small-company', 3);
  // As when Lambda tries an event again.
  await stack.invoke(stack.ref('FanOutLambdaFunction'), { room: 'small-company', seq: 1 });
  await crowd('lobby', 3);
  second.socket.close(1000);
  await within('the end of the second', second.closed, 20_000);
  first.socket.close(1000);
  await within('the end of the first', first.closed, 20_000);
  await quiet();
}

/** Uploads files, sends one with a message by each function that does, reads one, deletes one, and erases the rest. */
async function attach(
  { url, socketUrl, invoke, ref }: Stack,
  { token, user }: Awaited<ReturnType<typeof guest>>,
): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const call = (method: string, path: string, body?: object) =>
    fetch(`${url}/api/rooms/attached/${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body && { body: JSON.stringify(body) }),
    });
  const upload = async (): Promise<string> => {
    const sha256 = createHash('sha256').update('file').digest('base64');
    const asks = { name: 'file.txt', type: 'text/plain', bytes: 4, sha256 };
    const { id, url: bucket, fields } = await (await call('POST', 'uploads', asks)).json();
    const form = new FormData();
    for (const [name, value] of Object.entries<string>(fields)) form.append(name, value);
    form.append('file', new Blob(['file']));
    expect((await fetch(bucket, { method: 'POST', body: form })).status).toBe(204);
    return id;
  };

  const socket = await connect(socketUrl, token);
  await asked(socket, { action: 'joinRoom', room: 'attached' }, 'joined');
  await asked(socket, { action: 'follow', room: 'attached' }, 'ok');
  const text = 'Attached';
  // At once: the user's bucket is moved in between, and read.
  const [first, second, third] = await Promise.all([upload(), upload(), upload()]);
  const frame = { action: 'sendMessage', room: 'attached', text, after: 0 };
  expect(await asked(socket, { ...frame, id: 'attached-1', files: [first] }, 'ack')).toMatchObject({
    seq: 1,
  });
  expect((await call('POST', 'messages', { id: 'attached-2', text, files: [second] })).status).toBe(201);
  const order = { room: 'attached', id: 'attached-3', text, from: user, files: [third] };
  expect(await invoke(ref('OperatorPublishLambdaFunction'), order)).toMatchObject({ value: { seq: 3 } });
  const redirect = await call('GET', `files/1/${first}`);
  expect(await (await fetch(redirect.headers.get('location') ?? '')).text()).toBe('file');
  const deletion = { action: 'deleteMessage', room: 'attached', id: 'attached-4', of: 1, after: 3 };
  expect(await asked(socket, deletion, 'ack')).toMatchObject({ seq: 4 });
  expect(await invoke(ref('OperatorEraseLambdaFunction'), { user: user.id })).toMatchObject({ ok: true });
  socket.socket.close(1000);
  await within('the end of a socket', socket.closed, 20_000);
}

const OTHER_BOT = { id: 'bot-2', name: 'Bot' };

/** What back ends and operators do, in a small room with gone connections and in a large room. */
async function serveBackEnds(
  { stack, crowd }: Pick<PackagedStack, 'stack' | 'crowd'>,
  token: string,
): Promise<void> {
  const ask = async (room: string, body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${stack.url}/api/rooms/${room}/messages`, init)).status;
  };
  const post = (room: string, id: string, more = {}) => ask(room, { id, text: 'Posted', ...more });
  const command = (order: object) => stack.invoke(stack.ref('OperatorPublishLambdaFunction'), order);
  const publish = (room: string, id: string, more = {}) =>
    command({ room, id, text: 'Published', from: { id: 'bot', name: 'Bot' }, ...more });

  await crowd('posted', 3);
  // A room so large is handed over by every function that publishes.
  await crowd('crowd-2', 520);
  // A worker removes the connections of a room, because they have gone: the next function needs another room.
  await crowd('crowd-3', 520);
  for (const [room, next] of [
    ['posted', 'posted'],
    ['crowd-2', 'crowd-3'],
  ] as const) {
    await crowd('posted', 3);
    expect(await post(room, 'posted-1')).toBe(201);
    expect(await post(room, 'posted-1')).toBe(200);
    // The bucket, once it has been moved, is read.
    expect(await post(room, 'posted-2')).toBe(201);
    await crowd('posted', 3);
    expect(await publish(next, 'published-1')).toMatchObject({ ok: true, value: { type: 'ack' } });
  }
  expect(await post('posted', 'posted-3', { action: 'editMessage', of: 1 })).toBe(201);
  const edited = publish('posted', 'published-2', { action: 'editMessage', of: 3 });
  expect(await edited).toMatchObject({ ok: true, value: { type: 'ack', seq: 5 } });
  const exported = await stack.invoke(stack.ref('OperatorExportLambdaFunction'), { room: 'posted' });
  expect(exported).toMatchObject({ ok: true, value: { messages: [{}, {}, {}, {}, {}] } });
  const rooms = await stack.invoke(stack.ref('OperatorRoomsLambdaFunction'), {});
  expect(rooms).toMatchObject({
    ok: true,
    value: { rooms: expect.arrayContaining([{ room: 'posted', seq: 5, at: expect.any(Number) }]) },
  });
  const check = { action: 'react', of: 2, name: '✅', on: true, v: 1 };
  const reactions = { action: 'getReactions', of: 2 };
  for (const body of [check, reactions]) expect(await ask('posted', body)).toBe(200);
  for (const order of [check, reactions])
    expect(await command({ room: 'posted', from: OTHER_BOT, ...order })).toMatchObject({ ok: true });
  const erase = stack.ref('OperatorEraseLambdaFunction');
  expect(await stack.invoke(erase, { user: 'bot' })).toMatchObject({ ok: true, value: { erased: 3 } });
  expect(await stack.invoke(erase, { room: 'posted' })).toMatchObject({ ok: true, value: { erased: 3 } });
}

/** What moderators and operators do about people, in small rooms with connections that are gone, and in crowds. */
async function putPeopleOut({
  stack,
  crowd,
  silent,
}: Pick<PackagedStack, 'stack' | 'crowd' | 'silent'>): Promise<void> {
  const [mo, eve] = [await guest(stack.url, 'Mo'), await guest(stack.url, 'Eve')];
  const moderator = await connect(stack.socketUrl, mo.token);
  await silent(eve.user.id, 'quiet', 5);
  const put = await connect(stack.socketUrl, eve.token);
  const ban = (order: object) =>
    stack.invoke(stack.ref('OperatorBanLambdaFunction'), { order: 'ban', user: eve.user.id, ...order });

  const byModerator = (room: string) => asked(moderator, { action: 'kick', room, user: eve.user.id }, 'ok');
  const byOperator = async (room: string) => expect(await ban({ room })).toMatchObject({ ok: true });
  for (const [kick, small, large] of [
    [byModerator, 'moderated', 'crowd-5'],
    [byOperator, 'operated', 'crowd-4'],
  ] as const) {
    await asked(put, { action: 'joinRoom', room: small }, 'joined');
    await asked(put, { action: 'sendMessage', room: small, id: 'last-word', text: 'Oh', after: 0 }, 'ack');
    await crowd(small, 3);
    await kick(small);
    expect(await put.nextOf('system')).toMatchObject({ what: 'kicked', user: eve.user });
    expect(await asked(put, { action: 'joinRoom', room: small }, 'error')).toMatchObject({
      code: 'forbidden',
    });
    await crowd(large, 520);
    await kick(large);
  }
  const bans = await asked(moderator, { action: 'getBans', room: 'moderated' }, 'bans');
  expect(bans).toMatchObject({ bans: [{ user: eve.user, by: mo.user }] });
  await asked(moderator, { action: 'getMembers', room: 'crowd-5' }, 'members');
  await restrict(stack, moderator, eve);
  // At once: a frame whose bucket another one moves reads the connection's row.
  const unban = { action: 'unban', room: 'moderated', user: eve.user.id };
  for (const { type } of await atOnce(moderator, 5, () => unban)) expect(type).toBe('ok');
  await asked(put, { action: 'joinRoom', room: 'moderated' }, 'joined');

  const look = (order: object) => stack.invoke(stack.ref('OperatorUsersLambdaFunction'), order);
  expect(await look({ order: 'user', user: eve.user.id })).toMatchObject({
    value: {
      devices: [{ name: 'Eve' }],
      bans: expect.arrayContaining([{ room: 'operated' }].map(expect.objectContaining)),
    },
  });
  expect(await look({ order: 'connected', text: 'eve' })).toMatchObject({
    value: { found: [{ name: 'Eve' }] },
  });
  expect(await look({ order: 'bans', text: 'operated' })).toMatchObject({
    value: { found: [{ room: 'operated' }] },
  });
  expect(await ban({ order: 'unban', room: 'operated' })).toMatchObject({ ok: true });
  expect(await ban({})).toMatchObject({ ok: true });
  await within('the end of a banned connection', put.closed, 20_000);
  moderator.socket.close(1000);
  await within('the end of the moderator', moderator.closed, 20_000);
  await signOut({ stack, crowd });

  for (const action of ['sendMessage', 'getHistory', 'kick']) {
    const flooder = await connect(stack.socketUrl, (await guest(stack.url, 'Flood')).token);
    for (let i = 0; i < 70; i++) flooder.send({ action, room: 'NO ROOM' });
    await within(`the end of a flood of ${action}`, flooder.closed, 20_000);
  }
}

/** What holds back users that are no moderators: slow mode by socket and HTTP, and a mute. */
async function restrict(
  stack: Stack,
  moderator: Client,
  { user, token }: Awaited<ReturnType<typeof guest>>,
): Promise<void> {
  const order = (asked: object) => stack.invoke(stack.ref('OperatorBanLambdaFunction'), asked);
  const done = { ok: true, value: { done: expect.any(String) } };
  expect(await order({ order: 'setRoom', room: 'slowed', slow: 60 })).toMatchObject(done);
  await asked(moderator, { action: 'setRoom', room: 'moderated', title: 'Moderated' }, 'ok');
  await asked(moderator, { action: 'joinRoom', room: 'moderated' }, 'joined');
  for (let i = 0; i < 2; i++) {
    await asked(moderator, { action: 'report', room: 'moderated', of: 1, reason: 'Spam' }, 'ok');
    const queue = await asked(moderator, { action: 'getQueue', room: 'moderated' }, 'queue');
    expect(queue).toMatchObject({ items: [{ of: 1, reason: 'Spam', message: { text: 'Oh' } }] });
    await asked(moderator, { action: 'resolveReports', room: 'moderated', of: 1 }, 'ok');
  }
  await asked(moderator, { action: 'report', room: 'moderated', of: 1 }, 'ok');
  const joined = await asked(moderator, { action: 'joinRoom', room: 'slowed' }, 'joined');
  expect(joined).toMatchObject({ settings: { slow: 60 } });
  const send = (id: string) => ({ action: 'sendMessage', room: 'slowed', id, text: 'Slowly', after: 0 });
  await asked(moderator, send('slow-turn-1'), 'ack');
  expect(await asked(moderator, send('slow-turn-2'), 'error')).toMatchObject({ code: 'rateLimited' });

  const post = (id: string) =>
    fetch(`${stack.url}/api/rooms/slowed/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ id, text: 'Posted' }),
    });
  expect((await post('slow-post-1')).status).toBe(201);
  await asked(moderator, { action: 'mute', room: 'moderated', user: user.id, forMs: 60_000 }, 'ok');
  expect(await order({ order: 'mute', room: 'slowed', user: user.id, forMs: 60_000 })).toMatchObject(done);
  expect(await asked(moderator, { action: 'getBans', room: 'moderated' }, 'bans')).toMatchObject({
    bans: expect.arrayContaining([expect.objectContaining({ user, mute: true })]),
  });
  expect(await order({ order: 'mute', room: 'slowed', user: user.id, forMs: 0 })).toMatchObject(done);
  await asked(moderator, { action: 'setRoom', room: 'closed', private: true }, 'ok');
  await asked(moderator, { action: 'addMember', room: 'closed', user: user.id }, 'ok');
  await asked(moderator, { action: 'addMember', room: 'closed', user: 'guest:nobody' }, 'error');
  const into = (room: string, id: string) =>
    fetch(`${stack.url}/api/rooms/${room}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ id, text: 'Posted' }),
    });
  expect((await into('closed', 'closed-post-1')).status).toBe(201);
  const file = `${stack.url}/api/rooms/closed/files/1/${'f'.repeat(22)}`;
  expect((await fetch(file, { headers: { authorization: `Bearer ${token}` } })).status).toBe(410);
  await asked(moderator, { action: 'removeMember', room: 'closed', user: user.id }, 'ok');
  await asked(moderator, { action: 'openDirect', user: user.id }, 'direct');
  expect((await into('closed', 'closed-post-2')).status).toBe(403);
  await asked(moderator, { action: 'joinRoom', room: 'closed' }, 'joined');
  expect(await order({ order: 'setRoom', room: 'closed', private: true })).toMatchObject(done);
  await asked(moderator, { action: 'addMember', room: 'closed', user: user.id }, 'ok');
  const erase = stack.ref('OperatorEraseLambdaFunction');
  expect(await stack.invoke(erase, { user: user.id })).toMatchObject({ ok: true });
}

/** A guest signs out, of a room with gone connections. */
async function signOut({ stack, crowd }: Pick<PackagedStack, 'stack' | 'crowd'>): Promise<void> {
  const [dee, other] = [await guest(stack.url, 'Dee'), await guest(stack.url, 'Other')];
  const [leaving, staying] = [
    await connect(stack.socketUrl, dee.token),
    await connect(stack.socketUrl, other.token),
  ];
  for (const client of [leaving, staying])
    await asked(client, { action: 'joinRoom', room: 'signed-out' }, 'joined');
  await crowd('signed-out', 3);
  const headers = { authorization: `Bearer ${dee.token}` };

  expect((await fetch(`${stack.url}/api/token`, { method: 'DELETE', headers })).status).toBe(204);

  await within('the end of a signed-out connection', leaving.closed, 20_000);
  staying.socket.close(1000);
  await within('the end of the other', staying.closed, 20_000);
}

async function guest(url: string, name: string, token?: string) {
  const body = JSON.stringify({ name, ...(token && { token }) });
  const headers = { 'content-type': 'application/json', origin: url };
  const answer = await fetch(`${url}/api/token`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { token: string; user: { id: string; name: string } };
}

const connect = (url: string, token: string) => open(url, ['chat.v1', `bearer.${token}`]);

let asks = 0;

/** Sends a frame and gives its reply, which must be of this type. */
async function asked(
  client: Client,
  frame: Record<string, unknown>,
  type: string,
): Promise<Record<string, unknown>> {
  const ref = `r${++asks}`;
  client.send({ ...frame, ref });
  for (;;) {
    const next = await within(`the reply to ${JSON.stringify(frame)}`, client.next(), 20_000);
    // What does not parse, or has no action, gets a reply without the ref.
    if (next.ref !== ref && next.type !== 'error') continue;
    expect(next).toMatchObject({ type });
    return next;
  }
}

/** Sends so many frames without waiting, and gives their replies: the second finds the bucket as the first left it. */
async function atOnce(
  client: Client,
  count: number,
  frame: (i: number) => object,
): Promise<Record<string, unknown>[]> {
  const refs = Array.from({ length: count }, () => `r${++asks}`);
  for (const [i, ref] of refs.entries()) client.send({ ...frame(i), ref });
  const replies: Record<string, unknown>[] = [];
  while (replies.length < count) {
    const next = await within(`${count} replies`, client.next(), 20_000);
    if (refs.includes(String(next.ref))) replies.push(next);
  }
  return replies;
}
