import { publishAsOperator } from '../../lib/actions/publishForBackEnd';
import { handleModeratorAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import type { HeldItem, MessageEntry, Reply, User } from '../../lib/protocol';
import { HELD_PER_USER, LIMITS, parseServerFrame } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { publishAsWriter } from '../support/publishAsWriter';
import {
  ann,
  anotherContainer,
  bob,
  connect,
  finish,
  type Harness,
  HOUR,
  idsIn,
  NOW,
  range,
  unavailable,
} from './harness';
import { DAY, reviewedRoom } from './reviewedRoom';

const mo: User = { id: 'mo', name: 'Mo' };
const FILE = { name: 'plan.pdf', type: 'application/pdf', bytes: 3 };

/** Ann and Bob are in the den, which Mo moderates, and a reviewer gives these verdicts, the last one from then on. */
async function heldRoom(...verdicts: [string, ...string[]]) {
  const room = await reviewedRoom(...verdicts.map((verdict) => ({ verdict })));
  const { harness, sender, asked } = room;
  const moderator = await connect(harness, 'mo-1', mo, [], NOW + 30 * DAY);
  const send = async (...given: Parameters<typeof room.send>) => {
    const reply = await room.send(...given);
    await harness.clock.runUntil(harness.clock.now() + 1);
    return reply;
  };
  const moderate = (frame: object, context: Harness = harness, who: Requester = moderator): Promise<Reply> =>
    finish(harness, handleModeratorAction(context, who, JSON.stringify({ room: 'den', ...frame })));
  const waiting = async (): Promise<HeldItem[]> => {
    const items: HeldItem[] = [];
    let from: string | undefined;
    do {
      const reply = await moderate({ action: 'getQueue', from });
      if (reply.type !== 'queue') throw new Error(`The reply is ${JSON.stringify(reply)}.`);
      await harness.clock.runUntil(harness.clock.now() + 1_000);
      expect(parseServerFrame(JSON.stringify(reply))).toEqual(reply);
      expect(byteLength(JSON.stringify(reply))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
      items.push(...reply.items.filter((item) => item.kind === 'held'));
      from = reply.next;
    } while (from !== undefined);
    return items;
  };
  const decide = async (verdict: 'allow' | 'deny', given: object = {}, context: Harness = harness) => {
    const held = (await waiting())[0]?.held ?? '';
    return moderate({ action: 'decide', held, verdict, ...given }, context);
  };
  const shown = () =>
    (harness.rows.get('den') ?? []).flatMap((row) => (row ? [row.entry as MessageEntry] : []));
  return { harness, asked, send, moderate, moderator, sender, waiting, decide, shown };
}

const ok = { type: 'ok', action: 'decide', room: 'den' };

describe('a held message', () => {
  it('is told to its author, shown to nobody, and listed whole for moderators', async () => {
    const { harness, send, waiting, shown, asked } = await heldRoom('hold');
    await send({ id: 'the-first', text: 'first' });
    const content = { text: 'hi', kind: 'poll', data: { a: 1 }, mentions: ['bob'] };

    const replies = [await send(content), await send(content, anotherContainer(harness))];

    expect(replies).toMatchObject([
      { type: 'error', code: 'held', id: 'my-own-id' },
      { type: 'error', code: 'held', id: 'my-own-id' },
    ]);
    expect(asked).toHaveLength(2);
    expect(shown()).toEqual([]);
    expect(harness.posts).toEqual([]);
    expect(await waiting()).toEqual([
      { kind: 'held', held: expect.any(String), at: NOW, message: { from: ann, text: 'first' } },
      { kind: 'held', held: expect.any(String), at: expect.any(Number), message: { from: ann, ...content } },
    ]);
    expect(harness.metrics.counts).toMatchObject({ HeldMessages: 2 });
  });

  it('is appended as its author’s above the head, once a moderator allows it', async () => {
    const { harness, send, waiting, decide, shown } = await heldRoom('hold', 'allow');
    await send();
    await send({ id: 'the-second', text: 'second' });

    expect(await decide('allow')).toEqual(ok);

    expect(idsIn(harness, 'den')).toEqual(['the-second', 'my-own-id']);
    expect(shown()[1]).toMatchObject({ seq: 2, text: 'hello', from: ann });
    expect(harness.posts.map(({ to }) => to)).toEqual(['bob-1', 'ann-1', 'bob-1']);
    expect(await waiting()).toEqual([]);
    expect(await send()).toMatchObject({ type: 'ack', seq: 2, duplicate: true });
    expect(harness.metrics.fields).toMatchObject({ messageId: 'my-own-id' });
  });

  it('is refused from then on, once a moderator denies it', async () => {
    const { send, waiting, decide, shown } = await heldRoom('hold', 'allow');
    await send();

    expect(await decide('deny', { reason: 'Not here.' })).toEqual(ok);

    expect(await send()).toMatchObject({ code: 'refused', message: 'Not here.' });
    expect(shown()).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('of back ends and operators is held too', async () => {
    const { harness, waiting, decide, shown } = await heldRoom('hold');
    const publication = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello' } as const;

    const replies = [
      await finish(harness, publishAsWriter(harness, ann, publication)),
      await finish(harness, publishAsOperator(harness, bob, publication)),
    ];

    expect(replies).toMatchObject([{ code: 'held' }, { code: 'held' }]);
    expect(await waiting()).toHaveLength(2);
    await decide('allow');
    await decide('allow');
    expect(shown().map(({ from }) => from.id)).toEqual(expect.arrayContaining(['ann', 'bob']));
  });

  it('is none of an edit, which is refused', async () => {
    const { harness, send, waiting } = await heldRoom('allow', 'hold');
    await send();

    const edit = { action: 'editMessage', of: 1, id: 'the-edit', text: 'hello again', after: 1 };
    const replies = [await send(edit), await send(edit, anotherContainer(harness))];

    const refused = { code: 'refused', message: expect.stringMatching(/^An edit cannot wait/) };
    expect(replies).toMatchObject([refused, refused]);
    expect(await waiting()).toEqual([]);
  });

  it('waits for a week, and for a day with files', async () => {
    const { harness, send, waiting, moderate } = await heldRoom('hold');
    harness.files = {
      find: async () => ({ ...FILE, isPending: true, hasTile: false }),
      keep: async () => {},
      remove: async () => {},
      list: async () => [],
    };
    await send();
    const files = ['f'.repeat(22)];
    await send({ id: 'with-files', files });
    const [without, withFiles] = await waiting();

    expect(withFiles?.message.files).toEqual([{ id: files[0], ...FILE }]);
    await harness.clock.runUntil(NOW + DAY + HOUR);
    expect(await waiting()).toEqual([without]);
    const late = await moderate({ action: 'decide', held: withFiles?.held, verdict: 'allow' });
    expect(late).toMatchObject({ code: 'gone' });
    await harness.clock.runUntil(NOW + 7 * DAY + HOUR);
    expect(await waiting()).toEqual([]);
  });

  it('is refused above 10 of a user, and no verdict is kept', async () => {
    const { harness, send, waiting, decide } = await heldRoom('hold');
    for (const i of range(1, HELD_PER_USER)) {
      expect(await send({ id: `message-${i}` })).toMatchObject({ code: 'held' });
      await harness.clock.runUntil(harness.clock.now() + 1_000);
    }

    expect(await send()).toMatchObject({ code: 'tooMany' });
    expect(await waiting()).toHaveLength(HELD_PER_USER);
    await decide('deny');
    expect(await send()).toMatchObject({ code: 'held' });
  });

  it('leaves the list where another attempt got another verdict', async () => {
    const { harness, send, waiting } = await heldRoom('hold');
    const { keepFirst } = harness.verdicts;
    harness.verdicts.keepFirst = (subject, _verdict, until) =>
      keepFirst(subject, { verdict: 'allow' }, until);

    expect(await send()).toMatchObject({ type: 'ack', seq: 1 });
    expect(await waiting()).toEqual([]);
  });

  it('is in the list before its verdict is kept', async () => {
    const { harness, send, waiting } = await heldRoom('hold', 'allow');
    const { keepFirst } = harness.verdicts;
    harness.verdicts.keepFirst = unavailable;

    expect(await send()).toMatchObject({ code: 'unavailable' });
    expect(await waiting()).toHaveLength(1);
    harness.verdicts.keepFirst = keepFirst;
    expect(await send()).toMatchObject({ type: 'ack' });
  });
});

describe('a decision', () => {
  it('is a moderator’s, about a message that waits', async () => {
    const { send, moderate, sender, waiting, moderator } = await heldRoom('hold');
    await send();
    const held = (await waiting())[0]?.held ?? '';
    const frame = { action: 'decide', held, verdict: 'allow' };

    expect(await moderate(frame, undefined, { ...sender, permissions: '*:rw' })).toMatchObject({
      code: 'forbidden',
    });
    expect(await moderate({ ...frame, room: 'attic' })).toMatchObject({ code: 'gone' });
    expect(await moderate({ ...frame, held: 'x' })).toMatchObject({ code: 'badField' });
    expect(await moderate({ ...frame, verdict: 'replace' })).toMatchObject({ code: 'badField' });
    expect(await moderate(frame, undefined, moderator)).toEqual(ok);
    expect(await moderate(frame)).toMatchObject({ code: 'gone' });
  });

  it('publishes nothing where no review holds messages', async () => {
    const { harness, send, decide, shown } = await heldRoom('hold');
    await send();
    const { review: _, ...context } = harness;

    expect(await decide('allow', {}, context)).toMatchObject({ code: 'gone' });
    expect(shown()).toEqual([]);
  });

  it('that came first holds, and a later one finishes it', async () => {
    const { harness, send, decide, waiting, shown } = await heldRoom('hold');
    await send();
    const { put } = harness.log;
    harness.log.put = unavailable;
    expect(await decide('allow')).toMatchObject({ code: 'unavailable' });
    harness.log.put = put;
    expect(await waiting()).toHaveLength(1);

    expect(await decide('deny')).toMatchObject({
      code: 'gone',
      message: expect.stringMatching(/came first/),
    });

    expect(shown()).toMatchObject([{ text: 'hello' }]);
    expect(await waiting()).toEqual([]);
  });

  it('appends nothing again that the author’s own repeat has appended', async () => {
    const { harness, send, decide, shown } = await heldRoom('hold');
    await send();
    const { settle } = harness.verdicts;
    harness.verdicts.settle = async (...asked) => {
      const holding = await settle(...asked);
      harness.verdicts.settle = settle;
      await handleSendMessage(
        anotherContainer(harness),
        { id: 'ann-1', user: ann, expiresAt: NOW + HOUR, permissions: '*:rw' },
        JSON.stringify({ action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello', after: 0 }),
      );
      return holding;
    };

    expect(await decide('allow')).toEqual(ok);
    expect(shown()).toHaveLength(1);
  });

  it.each([
    ['is banned from the room', { action: 'kick', user: 'ann' }],
    ['is no member of a room that is private by now', { action: 'setRoom', private: true }],
  ])('denies a message whose author %s', async (_why, frame) => {
    const { harness, send, decide, moderate, moderator, waiting, shown } = await heldRoom('hold');
    await harness.memberships.add('mo', { room: 'den', since: NOW });
    await send();
    const held = (await waiting())[0]?.held;
    await moderate(frame);

    const late = { action: 'decide', held, verdict: 'allow' };
    expect(await moderate(late, anotherContainer(harness), moderator)).toMatchObject({
      code: 'gone',
      message: expect.stringMatching(/^The author may not write/),
    });
    expect(await decide('allow')).toMatchObject({ code: 'badField' });
    expect(shown().filter(({ type }) => type === 'message')).toEqual([]);
  });

  it('finds a user out who is kicked while it is under way', async () => {
    const { harness, send, decide, moderate, shown } = await heldRoom('hold');
    await send();
    const { settle } = harness.verdicts;
    harness.verdicts.settle = async (...asked) => {
      harness.verdicts.settle = settle;
      await handleModeratorAction(
        anotherContainer(harness),
        { id: 'mo-1', user: mo, expiresAt: NOW + HOUR, permissions: '*:rwm' },
        JSON.stringify({ action: 'kick', room: 'den', user: 'ann' }),
      );
      return settle(...asked);
    };

    expect(await decide('allow')).toMatchObject({ code: 'gone' });
    expect(shown().map(({ type }) => type)).toEqual(['system']);
    expect(await moderate({ action: 'getQueue' })).toMatchObject({ items: [] });
  });
});

describe('the queue', () => {
  it('has held messages before reports, and fits into frames', async () => {
    const { harness, waiting, moderate } = await heldRoom('hold');
    const user = { id: '"'.repeat(128), name: '🦄'.repeat(LIMITS.nameCharacters), role: '"'.repeat(32) };
    for (const i of range(1, 12))
      await harness.held.add(
        `subject-${i}`,
        { at: NOW + i, request: { room: 'den', id: `message-${i}`, from: user, text: '🦄'.repeat(4_000) } },
        { perUser: 99, until: NOW + HOUR },
      );
    for (const of of range(1, 12))
      await harness.reports.add(
        'den',
        { of, user, reason: '🦄'.repeat(200), at: NOW },
        { perMessage: 99, perUser: 99, until: NOW + HOUR },
      );

    expect((await waiting()).map(({ at }) => at)).toEqual(range(1, 12).map((i) => NOW + i));
    for (const { held } of await waiting()) await harness.held.remove('den', held);
    await harness.held.add(
      'small',
      { at: NOW, request: { room: 'den', id: 'my-own-id', from: ann, text: 'hello' } },
      { perUser: 99, until: NOW + HOUR },
    );
    const first = await moderate({ action: 'getQueue' });
    if (first.type !== 'queue') throw new Error('The reply is no queue.');
    expect(first.items.map(({ kind }) => kind)).toEqual(['held', ...Array(9).fill('report')]);
    const rest = await moderate({ action: 'getQueue', from: first.next });
    expect(rest).toMatchObject({ items: [{ of: 10 }, { of: 11 }, { of: 12 }] });
    expect(await moderate({ action: 'getQueue', from: 'held#' })).toEqual(first);
  });
});
