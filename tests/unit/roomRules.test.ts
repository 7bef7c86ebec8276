import { publishAsOperator, publishAsUser } from '../../lib/actions/publishForBackEnd';
import { createRoomRulesCache } from '../../lib/moderation/roomRules';
import { LIMITS, parseServerFrame, type Reply, type User } from '../../lib/protocol';
import { ann, anotherContainer, bob, connect, createHarness, fill, finish, HOUR, NOW } from './harness';
import { askInDen as ask } from './roomOfTwo';

const mo: User = { id: 'mo', name: 'Mo' };

const send = (id = 'message-1', after = 3) => ({ action: 'sendMessage', id, text: 'hello', after }) as const;

/** What writes, each allowed to Ann where nothing refuses it. */
const WRITES = [
  send(),
  { action: 'editMessage', id: 'edit-0001', of: 1, text: 'other', after: 3 },
  { action: 'react', of: 2, name: 'yes', on: true, v: 1 },
  { action: 'typing' },
  { action: 'signal', name: 'wave' },
  { action: 'draft', of: 2, generation: 1, offset: 0, text: 'so' },
] as const;

/** A room with a message of Ann's, with her, Bob and a moderator in it. */
async function openRoom() {
  const harness = createHarness();
  fill(harness, 'den', [{ seq: 1, from: ann }, 2, 3]);
  const [writer, reader, moderator] = [
    { ...(await connect(harness, 'ann-1', ann, ['den'])), permissions: '*:rw' },
    { ...(await connect(harness, 'bob-1', bob, ['den'])), permissions: '*:rw' },
    await connect(harness, 'mo-1', mo, ['den']),
  ];
  return { harness, writer, reader, moderator };
}

type Room = Awaited<ReturnType<typeof openRoom>>;

const post = ({ harness }: Room, id: string, isOperators = false) => {
  const sent = { action: 'sendMessage', room: 'den', id, text: 'hello', after: 3 } as const;
  const rights = { mayWrite: true, mayModerate: false };
  return finish(
    harness,
    isOperators ? publishAsOperator(harness, ann, sent) : publishAsUser(harness, ann, sent, rights),
  );
};

describe('the settings of a room', () => {
  it('are told to its members at once, and to each user that joins or joins again', async () => {
    const { harness, reader, moderator } = await openRoom();

    expect(await ask(harness, moderator, { action: 'setRoom', title: 'The den', slow: 30 })).toMatchObject({
      ...{ type: 'ok', action: 'setRoom', room: 'den' },
    });

    const push = { type: 'roomSet', room: 'den', settings: { title: 'The den', slow: 30 }, by: mo };
    expect(harness.posts.map(({ to, frame }) => [to, frame])).toEqual(
      expect.arrayContaining(['ann-1', 'bob-1', 'mo-1'].map((to) => [to, push])),
    );
    expect(parseServerFrame(JSON.stringify(push))).toEqual(push);
    expect(await ask(harness, reader, { action: 'joinRoom' })).toMatchObject({ settings: push.settings });
    await ask(harness, moderator, { action: 'setRoom', title: '', slow: 0 });
    expect(await ask(harness, reader, { action: 'joinRoom' })).not.toHaveProperty('settings');
  });

  it('are told to a member that joins while they change, though its container remembers others', async () => {
    const { harness, reader, moderator } = await openRoom();
    await ask(harness, reader, { action: 'joinRoom' });
    await ask(anotherContainer(harness), moderator, { action: 'setRoom', readOnly: true });

    expect(await ask(harness, reader, { action: 'joinRoom' })).toMatchObject({
      settings: { readOnly: true },
    });
  });

  it.each([
    [{}, 'at least one'],
    [{ title: 'x'.repeat(LIMITS.titleCharacters + 1) }, '"title"'],
    [{ title: 'two\nlines' }, '"title"'],
    [{ title: ' \u200b' }, '"title"'],
    [{ slow: 21_601 }, '"slow"'],
    [{ slow: 0.5 }, '"slow"'],
    [{ readOnly: 1 }, '"readOnly"'],
  ])('are not %j', async (settings, named) => {
    const { harness, moderator } = await openRoom();

    const reply = await ask(harness, moderator, { action: 'setRoom', ...settings });

    expect(reply).toMatchObject({ code: 'badField', message: expect.stringContaining(named) });
  });

  it('are read at most once in ten seconds by a container, and hold in it by then', async () => {
    const { harness, writer } = await openRoom();
    const read = jest.spyOn(harness.roomSettings, 'read');
    const restriction = jest.spyOn(harness.restrictions, 'read');
    await ask(harness, writer, { action: 'typing' });
    await harness.roomSettings.change('den', { readOnly: true });

    await harness.clock.runUntil(NOW + 9_000);
    expect(await ask(harness, writer, send('message-1'))).toMatchObject({ type: 'ack' });
    await harness.clock.runUntil(NOW + 10_001);
    expect(await ask(harness, writer, send('message-2'))).toMatchObject({ code: 'readOnly' });
    await ask(harness, writer, send('message-3'));

    expect(read).toHaveBeenCalledTimes(2);
    expect(restriction).not.toHaveBeenCalled();
  });
});

it.each(['setRoom', 'mute'] as const)('%s is for moderators alone, and charged first', async (action) => {
  const { harness, writer, moderator } = await openRoom();
  const spies = [
    jest.spyOn(harness.roomSettings, 'change'),
    jest.spyOn(harness.restrictions, 'mute'),
    jest.spyOn(harness.restrictions, 'unmute'),
  ];
  const frame = action === 'setRoom' ? { action, slow: 1 } : { action, user: 'ann', forMs: 1_000 };

  expect(await ask(harness, writer, frame)).toMatchObject({ code: 'forbidden', action });
  expect(await ask(harness, { ...moderator, id: 'gone-1' }, frame)).toMatchObject({ code: 'expired' });
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});

describe('a read-only room', () => {
  it.each(WRITES)('refuses $action but from moderators', async (frame) => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', readOnly: true });
    const before = harness.posts.length;

    expect(await ask(harness, writer, frame)).toMatchObject({ type: 'error', code: 'readOnly' });
    expect(harness.posts).toHaveLength(before);
    const reply = await ask(harness, moderator, frame);
    // Nobody edits another's words.
    expect(reply).toMatchObject(
      frame.action === 'editMessage' ? { code: 'forbidden' } : { type: expect.stringMatching(/ack|ok/) },
    );
  });

  it('refuses the back end of a user, and not the operator', async () => {
    const room = await openRoom();
    await ask(room.harness, room.moderator, { action: 'setRoom', readOnly: true });

    expect(await post(room, 'by-a-user')).toMatchObject({ code: 'readOnly' });
    expect(await post(room, 'by-operator', true)).toMatchObject({ type: 'ack' });
  });

  it('lets users read and take back what is theirs', async () => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', readOnly: true });

    const deletion = { action: 'deleteMessage', id: 'drop-0001', of: 1, after: 3 } as const;
    expect(await ask(harness, writer, deletion)).toMatchObject({ type: 'ack' });
    expect(await ask(harness, writer, { action: 'getHistory' })).toMatchObject({ type: 'history' });
  });

  it('acknowledges the repeat of what its container has written', async () => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, writer, send());
    await harness.roomSettings.change('den', { readOnly: true });
    await ask(harness, moderator, { action: 'setRoom', readOnly: true });
    await harness.clock.runUntil(NOW + 10_001);

    expect(await ask(harness, writer, send())).toMatchObject({ type: 'ack', duplicate: true });
  });
});

describe('slow mode', () => {
  it('lets a user send once in its time, and moderators always', async () => {
    const room = await openRoom();
    const { harness, writer, reader, moderator } = room;
    await ask(harness, moderator, { action: 'setRoom', slow: 60 });

    expect(await ask(harness, writer, send('message-1'))).toMatchObject({ type: 'ack' });
    await harness.clock.runUntil(NOW + 20_000);
    const refused = await ask(anotherContainer(harness), writer, send('message-2', 4));
    expect(refused).toMatchObject({ code: 'rateLimited', until: expect.any(Number) });
    const { until = 0, retryAfterMs } = refused as Extract<Reply, { type: 'error' }>;
    expect(retryAfterMs).toBeLessThanOrEqual(40_001);
    expect(await post(room, 'by-a-user')).toMatchObject({ code: 'rateLimited', until });
    expect(await post(room, 'by-operator', true)).toMatchObject({ type: 'ack' });
    expect(await ask(harness, reader, send('bobs-message', 5))).toMatchObject({ type: 'ack' });
    for (const id of ['mos-message', 'mos-other-1'])
      expect(await ask(harness, moderator, send(id, 5))).toMatchObject({ type: 'ack' });
    await harness.clock.runUntil(until);
    expect(await ask(harness, writer, send('message-2', 5))).toMatchObject({ type: 'ack' });
  });

  it('tells its user at each join how long the wait still is', async () => {
    const { harness, writer, reader, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', slow: 60 });
    await ask(harness, writer, send('message-0'));
    await harness.clock.runUntil(NOW + 20_000);

    expect(await ask(harness, writer, { action: 'joinRoom' })).toMatchObject({ waitMs: 40_000 });
    expect(await ask(harness, reader, { action: 'joinRoom' })).not.toHaveProperty('waitMs');
    await ask(harness, moderator, { action: 'setRoom', slow: 0 });
    expect(await ask(harness, writer, { action: 'joinRoom' })).not.toHaveProperty('waitMs');
  });

  it('slows messages, and neither changes of them nor reactions', async () => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', slow: 60 });
    await ask(harness, writer, send('message-0'));

    for (const frame of WRITES.slice(1))
      expect(await ask(harness, writer, frame)).toMatchObject({ type: expect.stringMatching(/ack|ok/) });
  });

  it('keeps the turn of a send that broke off, for its repeat alone', async () => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', slow: 60 });
    jest.spyOn(harness.log, 'put').mockRejectedValueOnce(new Error('The function has ended.'));
    await expect(ask(harness, writer, send())).rejects.toThrow('ended');

    expect(await ask(harness, writer, send('message-2'))).toMatchObject({ code: 'rateLimited' });
    expect(await ask(harness, writer, send())).toMatchObject({ type: 'ack' });
  });
});

describe('a mute', () => {
  const muteAnn = (forMs: number) => ({ action: 'mute', user: 'ann', forMs }) as const;

  it.each(WRITES)('refuses $action of its user with its end, in its room alone', async (frame) => {
    const { harness, writer, moderator } = await openRoom();
    await ask(harness, moderator, { ...muteAnn(HOUR), room: 'attic' });
    await ask(harness, moderator, { action: 'setRoom', title: 'T' });
    expect(await ask(harness, writer, frame)).toMatchObject({ type: expect.stringMatching(/ack|ok/) });
    await ask(harness, moderator, muteAnn(HOUR));
    await harness.clock.runUntil(NOW + 10_001);

    const again = { ...frame, ...('id' in frame && { id: 'another-id' }) };
    expect(await ask(harness, writer, again)).toMatchObject({
      ...{ type: 'error', code: 'muted', until: expect.any(Number) },
    });
  });

  it('is told to its user at once, at each join, and as an error to the back end', async () => {
    const room = await openRoom();
    const { harness, writer, reader, moderator } = room;

    expect(await ask(harness, moderator, muteAnn(HOUR))).toMatchObject({ type: 'ok', action: 'mute' });

    const [told, ...others] = harness.posts;
    expect(told).toMatchObject({ to: 'ann-1', frame: { type: 'muted', room: 'den', ms: HOUR } });
    expect(parseServerFrame(JSON.stringify(told?.frame))).toEqual(told?.frame);
    expect(others).toEqual([]);
    await harness.clock.runUntil(NOW + HOUR / 2);
    expect(await ask(harness, writer, { action: 'joinRoom' })).toMatchObject({ mutedForMs: HOUR / 2 });
    expect(await ask(harness, reader, { action: 'joinRoom' })).not.toHaveProperty('mutedForMs');
    expect(await post(room, 'by-a-user')).toMatchObject({ code: 'muted', until: NOW + HOUR });
  });

  it('ends by itself, or by a moderator, and then is no longer on the list', async () => {
    const { harness, writer, reader, moderator } = await openRoom();
    await ask(harness, moderator, muteAnn(60_000));
    await ask(harness, moderator, { action: 'mute', user: 'bob', forMs: HOUR });
    expect(await ask(harness, moderator, { action: 'getBans' })).toMatchObject({
      bans: expect.arrayContaining([expect.objectContaining({ user: ann, by: mo, mute: true })]),
    });
    await harness.clock.runUntil(NOW + 61_000);

    expect(await ask(harness, writer, send('message-1'))).toMatchObject({ type: 'ack' });
    expect(await ask(harness, reader, send('message-2', 4))).toMatchObject({ code: 'muted' });
    await ask(harness, moderator, { action: 'mute', user: 'bob', forMs: 0 });
    expect(harness.posts.at(-1)).toMatchObject({ to: 'bob-1', frame: { type: 'muted', ms: 0 } });
    expect(await ask(harness, reader, send('message-2', 4))).toMatchObject({ type: 'ack' });
    expect(await ask(harness, moderator, { action: 'getBans' })).toMatchObject({ bans: [] });
  });

  it('names a user that has been here, and its end may name any', async () => {
    const { harness, moderator } = await openRoom();
    const mute = (forMs: number) => ask(harness, moderator, { action: 'mute', user: 'anybody-else', forMs });

    expect(await mute(HOUR)).toMatchObject({
      ...{ code: 'badField', message: expect.stringContaining('"user"') },
    });
    expect(await mute(0)).toMatchObject({ type: 'ok' });
  });
});

it('keeps the rules of at most 500 rooms', () => {
  const cache = createRoomRulesCache();
  for (let i = 0; i <= 500; i++) cache.set(`room-${i}`, { settings: {}, mutedUntil: 0 }, NOW);

  expect([cache.get('room-0', NOW), cache.get('room-1', NOW)]).toEqual([undefined, expect.anything()]);
});
