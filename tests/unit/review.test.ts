import { publishAsOperator } from '../../lib/actions/publishForBackEnd';
import { Unavailable } from '../../lib/ports/unavailable';
import { parseVerdict } from '../../lib/review/parseVerdict';
import { publishAsWriter } from '../support/publishAsWriter';
import { ann, anotherContainer, bob, finish, HOUR, idsIn, NOW } from './harness';
import { type Answer, reviewedRoom } from './reviewedRoom';

const edit = { action: 'editMessage', of: 1, id: 'the-edit', text: 'hello again', after: 1 };

describe('a review', () => {
  it('is asked about all that a message shows, and lets it pass', async () => {
    const { send, asked, words } = await reviewedRoom({ verdict: 'allow' });

    await send({ id: 'the-first' });
    const content = { text: 'hi', kind: 'poll', data: { a: 1 }, mentions: ['bob'], replyTo: 1 };
    const reply = await send({ ...content, after: 1 });

    expect(reply).toMatchObject({ type: 'ack', seq: 2 });
    expect(reply).not.toHaveProperty('entry');
    expect(asked[1]).toEqual({ room: 'den', id: 'my-own-id', from: ann, ...content });
    expect(words()).toEqual(['hello', 'hi']);
  });

  it.each([
    [{ verdict: 'deny', reason: 'No shouting.' }, 'No shouting.'],
    [{ verdict: 'deny' }, 'The review of this room refused these words.'],
  ])('refuses a message, and its author is told why: %j', async (verdict, message) => {
    const { harness, send, words } = await reviewedRoom(verdict);

    const reply = await send();

    expect(reply).toMatchObject({ type: 'error', code: 'refused', message, id: 'my-own-id' });
    expect(words()).toEqual([]);
    expect(harness.posts).toEqual([]);
  });

  it('replaces words, and their author is told, at a repeat too', async () => {
    const { harness, send, asked } = await reviewedRoom({ verdict: 'replace', text: 'h***o' });
    const entry = { text: 'h***o', data: { a: 1 }, from: ann };

    const first = await send({ data: { a: 1 } });
    const repeated = await send({ data: { a: 1 } }, anotherContainer(harness));

    expect(first).toMatchObject({ type: 'ack', seq: 1, entry });
    expect(repeated).toMatchObject({ type: 'ack', seq: 1, duplicate: true, entry });
    expect(harness.posts).toMatchObject([{ to: 'bob-1', frame: entry }, { to: 'bob-1' }]);
    expect(asked).toHaveLength(1);
  });

  it('is asked about what the files of a message are', async () => {
    const { harness, send, asked } = await reviewedRoom({ verdict: 'deny' });
    const file = { name: 'plan.pdf', type: 'application/pdf', bytes: 3 };
    harness.files = {
      find: async () => ({ ...file, isPending: true, hasTile: false }),
      keep: async () => {},
      remove: async () => {},
      list: async () => [],
    };
    const id = 'f'.repeat(22);

    expect(await send({ files: [id] })).toMatchObject({ code: 'refused' });
    expect(asked).toEqual([
      { room: 'den', id: 'my-own-id', from: ann, text: 'hello', files: [{ id, ...file }] },
    ]);
  });

  it('judges edits, and no deletions', async () => {
    const { send, asked, words } = await reviewedRoom(
      { verdict: 'allow' },
      { verdict: 'replace', text: 'h***o', data: { b: 2 } },
      { verdict: 'deny' },
    );
    await send();

    const replaced = await send(edit);
    const denied = await send({ ...edit, id: 'another-edit', after: 2 });
    const deleted = await send({
      action: 'deleteMessage',
      of: 1,
      id: 'the-deletion',
      text: undefined,
      after: 2,
    });

    expect(replaced).toMatchObject({ type: 'ack', seq: 2, entry: { text: 'h***o', data: { b: 2 }, rev: 2 } });
    expect(denied).toMatchObject({ code: 'refused' });
    expect(deleted).toMatchObject({ type: 'ack', seq: 3 });
    expect(asked[1]).toMatchObject({ of: 1, text: 'hello again' });
    expect(asked).toHaveLength(3);
    expect(words()).toHaveLength(3);
  });

  it.each<[string, Answer]>([
    ['is late or throttled', () => Promise.reject(new Unavailable('late'))],
    ['throws', { errorType: 'Error', errorMessage: 'no' }],
    ['answers nothing', undefined],
    ['answers garbage', { verdict: 'allowed' }],
  ])('that %s leaves the message to be sent again', async (_how, answer) => {
    const { harness, send, words } = await reviewedRoom(answer, { verdict: 'allow' });

    expect(await send()).toMatchObject({ code: 'unavailable', retryAfterMs: 1000 });
    expect(words()).toEqual([]);
    expect(harness.posts).toEqual([]);
    expect(harness.metrics.counts).toMatchObject({ ReviewsFailed: 1 });

    expect(await send()).toMatchObject({ type: 'ack', seq: 1 });
    expect(words()).toEqual(['hello']);
  });

  it('keeps its verdict for the same words under the same id, whatever it says later', async () => {
    const { harness, send, asked, words } = await reviewedRoom({ verdict: 'deny' }, { verdict: 'allow' });
    const keepFirst = jest.spyOn(harness.verdicts, 'keepFirst');

    const codes = [await send(), await send(), await send({}, anotherContainer(harness))];
    expect(codes).toMatchObject([{ code: 'refused' }, { code: 'refused' }, { code: 'refused' }]);
    expect(asked).toHaveLength(1);
    expect(keepFirst).toHaveBeenCalledWith(expect.any(String), { verdict: 'deny' }, NOW + 24 * HOUR);

    expect(await send({ text: 'other words' })).toMatchObject({ type: 'ack' });
    expect(words()).toEqual(['other words']);
  });

  it('does not pass other words by the verdict of those before', async () => {
    const { harness, send, words } = await reviewedRoom({ verdict: 'allow' }, { verdict: 'deny' });
    const { put } = harness.log;
    harness.log.put = () => Promise.reject(new Unavailable('gone'));
    expect(await send()).toMatchObject({ code: 'unavailable' });
    harness.log.put = put;

    expect(await send({ text: 'bad words' })).toMatchObject({ code: 'refused' });
    expect(words()).toEqual([]);
  });

  it('holds the first verdict of two attempts at a time', async () => {
    const { harness, send, words } = await reviewedRoom(
      async () => {
        await harness.clock.wait(1_000);
        return { verdict: 'allow' };
      },
      { verdict: 'deny' },
    );

    const replies = await Promise.all([send(), send({}, anotherContainer(harness))]);

    expect(replies).toMatchObject([{ code: 'refused' }, { code: 'refused' }]);
    expect(words()).toEqual([]);
  });

  it('refuses no repeat of what the log has', async () => {
    const { harness, send, asked } = await reviewedRoom({ verdict: 'allow' }, { verdict: 'deny' });
    const other = anotherContainer(harness);
    await send({ id: 'the-first', text: 'first' }, other);
    asked.length = 0;
    await send();

    // This container remembers the log as it was before the message.
    const reply = await send({ text: 'other words', after: 1 }, other);

    expect(reply).toMatchObject({ type: 'ack', seq: 2, duplicate: true, entry: { text: 'hello' } });
    expect(idsIn(harness, 'den')).toEqual(['the-first', 'my-own-id']);
  });

  it('judges what back ends and operators publish', async () => {
    const { harness, words } = await reviewedRoom({ verdict: 'deny' });
    const publication = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello' } as const;

    const replies = [
      await finish(harness, publishAsWriter(harness, ann, publication)),
      await finish(harness, publishAsOperator(harness, bob, publication)),
    ];

    expect(replies).toMatchObject([{ code: 'refused' }, { code: 'refused' }]);
    expect(words()).toEqual([]);
  });
});

describe('a verdict', () => {
  it.each([
    [{ verdict: 'allow' }],
    [{ verdict: 'deny' }],
    [{ verdict: 'deny', reason: 'Not here.' }],
    [{ verdict: 'replace', text: 'h***o' }],
    [{ verdict: 'replace', text: 'h***o', data: { a: [1] } }],
  ])('may be %j', (verdict) => {
    expect(parseVerdict(verdict)).toEqual(verdict);
  });

  it.each([
    [undefined],
    [null],
    ['allow'],
    [[]],
    [{}],
    [{ verdict: 'Allow' }],
    [{ verdict: 'toString' }],
    [{ verdict: 'allow', errorType: 'Error' }],
    [{ verdict: 'deny', reason: '' }],
    [{ verdict: 'deny', reason: 'two\nlines' }],
    [{ verdict: 'deny', reason: 'x'.repeat(201) }],
    [{ verdict: 'replace' }],
    [{ verdict: 'replace', text: ' ' }],
    [{ verdict: 'replace', text: 'x'.repeat(4001) }],
    [{ verdict: 'replace', text: 'fine', data: 'none' }],
  ])('is never %j', (value) => {
    expect(parseVerdict(value)).toBeUndefined();
  });
});
