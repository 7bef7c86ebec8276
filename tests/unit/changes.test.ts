import { publishAsOperator } from '../../lib/actions/publishForBackEnd';
import type { Requester } from '../../lib/auth/requester';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import { readExportPage } from '../../lib/operator/exportCommand';
import type { LogStore, StoredEntry } from '../../lib/ports/logStore';
import { publishAsWriter } from '../support/publishAsWriter';
import {
  ann,
  anotherContainer,
  bob,
  expire,
  fill,
  finish,
  type Harness,
  HOUR,
  NOW,
  range,
  unavailable,
  withCalls,
} from './harness';
import { ask, page, roomOfTwo } from './roomOfTwo';

const EDIT = { action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'new words', after: 1 };
const DELETION = { action: 'deleteMessage', room: 'den', of: 1, id: 'deletion-1', after: 1 };

const stored = (harness: Harness): string => JSON.stringify([...harness.rows]);

describe('an edit', () => {
  it('gives the message its words, and no other row keeps any', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();

    const reply = await ask(harness, author, { ...EDIT, data: { size: 1 }, mentions: ['bob'] });

    const words = { text: 'new words', data: { size: 1 }, mentions: ['bob'] };
    expect(reply).toMatchObject({
      type: 'ack',
      room: 'den',
      log: 'log-1',
      id: 'edit-0001',
      seq: 2,
      at: NOW,
      entry: { type: 'edited', seq: 2, of: 1, rev: 2, ...words },
    });
    expect(harness.posts).toMatchObject([
      { to: 'bob-1', frame: { type: 'edited', seq: 2, of: 1, rev: 2, ...words } },
    ]);
    expect(await page(harness, reader)).toEqual([
      { type: 'message', seq: 1, id: 'message-1', from: ann, at: NOW, rev: 2, editedAt: NOW, ...words },
      { type: 'edited', seq: 2, id: 'edit-0001', of: 1, from: ann, at: NOW, rev: 2, ...words },
    ]);
    expect(stored(harness).match(/new words/g)).toHaveLength(1);
    expect(stored(harness)).not.toContain('old words');
  });

  it('replaces data and mentions by none', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, author, { ...EDIT, data: { size: 1 }, mentions: ['bob'] });

    await ask(harness, author, { ...EDIT, id: 'edit-0002', after: 2 });

    const [message] = await page(harness, reader);
    expect(message).toEqual({
      ...{ type: 'message', seq: 1, id: 'message-1', from: ann, at: NOW, rev: 3, editedAt: NOW },
      text: 'new words',
    });
  });

  it.each<[string, object, object, string]>([
    ["of another's message", { who: 'bob' }, {}, 'forbidden'],
    ['without the right to write', { permissions: '*:r' }, {}, 'forbidden'],
    ['by a moderator of another', { who: 'bob', permissions: '*:rwm' }, {}, 'forbidden'],
    ['of what was never there', {}, { of: 7 }, 'gone'],
    ['after its time', { laterMs: 60_000, settings: { editMs: 60_000 } }, {}, 'tooOld'],
    ['where nobody edits', { settings: { editMs: 0 } }, {}, 'tooOld'],
    ['of a seq that is none', {}, { of: 0 }, 'badField'],
  ])('%s is refused', async (_name, circumstances, given, code) => {
    const {
      who = 'ann',
      permissions,
      laterMs = 0,
      settings = {},
    } = circumstances as {
      who?: 'ann' | 'bob';
      permissions?: string;
      laterMs?: number;
      settings?: object;
    };
    const { harness, ...people } = await roomOfTwo(settings);
    const requester = { ...people[who], ...(permissions !== undefined && { permissions }) };
    await harness.clock.runUntil(NOW + laterMs);

    expect(await ask(harness, requester, { ...EDIT, ...given })).toMatchObject({ type: 'error', code });

    expect(stored(harness)).toContain('old words');
    expect(stored(harness)).not.toContain('new words');
  });

  it('of a message that expired is refused, and does not bring it back', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    fill(harness, 'den', [{ seq: 2 }]);
    expire(harness, 'den', [1], 'expired');

    expect(await ask(harness, author, { ...EDIT, after: 2 })).toMatchObject({ code: 'gone' });

    expect((await page(harness, reader)).map(({ seq }) => seq)).toEqual([2]);
  });

  it('is one of twenty at most', async () => {
    const { harness, ann: author } = await roomOfTwo({ sendsPerSecond: 100, userSendsPerSecond: 100 });
    for (let i = 1; i <= 20; i++)
      await ask(harness, author, { ...EDIT, id: `edit-of-${i}`, text: `text ${i}`, after: i });

    expect(await ask(harness, author, { ...EDIT, id: 'edit-of-21', after: 21 })).toMatchObject({
      code: 'tooMany',
    });
  });

  it('that is in the log is acknowledged whatever the right is by then', async () => {
    const { harness, ann: author } = await roomOfTwo();
    const crashing = withCalls(harness, 'log', { applyChange: unavailable });
    expect(await ask(crashing, author, EDIT)).toMatchObject({ code: 'unavailable' });
    const late = { ...anotherContainer(harness), settings: { ...harness.settings, editMs: 0 } };

    expect(await ask(late, author, EDIT)).toMatchObject({ type: 'ack', seq: 2, duplicate: true });

    expect(stored(harness).match(/new words/g)).toHaveLength(1);
    expect(stored(harness)).not.toContain('old words');
  });

  it('twice with another content leaves the first, and says so', async () => {
    const { harness, ann: author } = await roomOfTwo();
    await ask(harness, author, EDIT);

    expect(await ask(anotherContainer(harness), author, { ...EDIT, text: 'other words' })).toMatchObject({
      duplicate: true,
      entry: { type: 'edited', text: 'new words' },
    });
  });
});

/** Those who meet an edit that its writer left pending. */
const readers: Record<string, (harness: Harness, reader: Requester) => Promise<unknown>> = {
  'a page': (harness, reader) => page(harness, reader),
  'an export': (harness) => finish(harness, readExportPage(harness, 'den')),
  'a fan-out': (harness) => finish(harness, runFanOutJob(harness, { room: 'den', seq: 2 }, NOW + HOUR)),
  'a send that looks': (harness, reader) =>
    ask(harness, reader, { action: 'sendMessage', room: 'den', id: 'another-1', text: 'hi', after: 1 }),
};

it.each(Object.entries(readers))('%s completes an edit that its writer left pending', async (_name, read) => {
  const { harness, ann: author, bob: reader } = await roomOfTwo();
  const crashing = withCalls(harness, 'log', { applyChange: unavailable });
  await ask(crashing, author, EDIT);
  expect(stored(harness)).toContain('old words');

  const told = await read(anotherContainer(harness), reader);

  expect(stored(harness)).not.toContain('old words');
  expect(stored(harness).match(/new words/g)).toHaveLength(1);
  expect(JSON.stringify([told, harness.posts])).not.toContain('old words');
});

/** A harness whose pages hold the newest entry as it is, and those below as they were before. */
const torn = (harness: Harness, before: readonly StoredEntry[], meanwhile = () => {}): Harness =>
  withCalls(harness, 'log', {
    async readBackward(...asked) {
      const [newest] = await harness.log.readBackward(...asked);
      meanwhile();
      return newest ? [newest, ...before] : [];
    },
  });

it('a page that read a message before an edit and the edit after it has the new words alone', async () => {
  const { harness, ann: author, bob: reader } = await roomOfTwo();
  const before = await harness.log.readBackward('den', undefined, 10, NOW);
  await ask(harness, author, EDIT);

  const shown = await page(torn(harness, before), reader);

  expect(JSON.stringify(shown)).not.toContain('old words');
});

it.each([
  ['an edit', EDIT],
  ['a deletion', DELETION],
])('a page that read a message before %s, and met its expiry, has no old words', async (_name, change) => {
  const { harness, ann: author, bob: reader } = await roomOfTwo();
  const before = await harness.log.readBackward('den', undefined, 10, NOW);
  await ask(harness, author, change);

  const shown = await page(
    torn(harness, before, () => expire(harness, 'den', [1], 'removed')),
    reader,
  );

  expect(JSON.stringify(shown)).toContain(change.id);
  expect(JSON.stringify(shown)).not.toContain('old words');
});

it('an export goes on above a page whose message expired while it was read', async () => {
  const { harness, ann: author } = await roomOfTwo();
  await ask(harness, author, EDIT);
  fill(harness, 'den', range(3, 201));
  const readForward: LogStore['readForward'] = async (...asked) => {
    const read = await harness.log.readForward(...asked);
    expire(harness, 'den', [1], 'removed');
    return read;
  };

  const { messages, next } = await readExportPage(withCalls(harness, 'log', { readForward }), 'den');

  expect(messages).toHaveLength(199);
  expect(next).toBe(200);
});

describe('a deletion', () => {
  it.each<[string, 'ann' | 'bob', string, string]>([
    ['by the author', 'ann', '*:rw', 'author'],
    ['by a moderator', 'bob', '*:rm', 'moderator'],
  ])('%s leaves a tombstone', async (_name, who, permissions, by) => {
    const { harness, ...people } = await roomOfTwo();

    expect(await ask(harness, { ...people[who], permissions }, DELETION)).toMatchObject({
      type: 'ack',
      seq: 2,
      entry: { type: 'deleted', of: 1, by },
    });

    expect(harness.posts).toMatchObject([{ frame: { type: 'deleted', seq: 2, of: 1, by } }]);
    expect(await page(harness, people.bob)).toMatchObject([
      { type: 'tombstone', seq: 1, id: 'message-1', from: ann, deleted: 2, by },
      { type: 'deleted', seq: 2, of: 1, by },
    ]);
    expect(stored(harness)).not.toContain('words');
  });

  it('of the own message needs no time', async () => {
    const { harness, ann: author } = await roomOfTwo({ editMs: 0 });

    expect(await ask(harness, author, DELETION)).toMatchObject({ type: 'ack' });
  });

  it("of another's message is refused, and of one that is gone", async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();

    expect(await ask(harness, { ...reader, permissions: '*:rw' }, DELETION)).toMatchObject({
      code: 'forbidden',
    });
    await ask(harness, author, DELETION);
    expect(await ask(harness, author, { ...DELETION, id: 'deletion-2', after: 2 })).toMatchObject({
      code: 'gone',
    });
    expect(await ask(harness, author, { ...EDIT, after: 2 })).toMatchObject({ code: 'gone' });
  });

  it('that comes before an edit is not undone by it', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    const crashing = withCalls(harness, 'log', { applyChange: unavailable });
    await ask(crashing, author, EDIT);
    const change = {
      type: 'deleted',
      seq: 9,
      id: 'deletion-9',
      of: 1,
      from: ann,
      at: NOW,
      by: 'author',
    } as const;
    await harness.log.applyChange('den', change);

    const [message, edit] = await page(anotherContainer(harness), reader);

    expect(message).toMatchObject({ type: 'tombstone' });
    expect(edit).toEqual({ type: 'edited', seq: 2, id: 'edit-0001', of: 1, from: ann, at: NOW });
  });
});

describe('a back end', () => {
  const act = { room: 'den', id: 'by-back-end', of: 1 };

  it('edits and deletes as its user may', async () => {
    const { harness, bob: reader } = await roomOfTwo();

    const edited = await finish(
      harness,
      publishAsWriter(harness, ann, { ...act, action: 'editMessage', text: 'new words' }),
    );
    const refused = await finish(
      harness,
      publishAsWriter(harness, bob, { ...act, id: 'other-id', action: 'deleteMessage' }),
    );
    const deleted = await finish(
      harness,
      publishAsOperator(harness, bob, { ...act, id: 'operator', action: 'deleteMessage' }),
    );

    expect([edited, refused, deleted]).toMatchObject([
      { type: 'ack', seq: 2 },
      { code: 'forbidden' },
      { type: 'ack', seq: 3 },
    ]);
    expect(await page(harness, reader)).toMatchObject([{ type: 'tombstone', by: 'moderator' }, {}, {}]);
  });

  it('answers no message above what it knows', async () => {
    const { harness } = await roomOfTwo();
    const message = { action: 'sendMessage', room: 'den', id: 'reply-0001', text: 'yes' } as const;

    expect(await finish(harness, publishAsWriter(harness, bob, { ...message, replyTo: 2 }))).toMatchObject({
      code: 'badField',
    });
    expect(await finish(harness, publishAsWriter(harness, bob, { ...message, replyTo: 1 }))).toMatchObject({
      type: 'ack',
    });
  });
});
