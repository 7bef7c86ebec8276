import { deleteMessage, editMessage } from '../../client/editing';
import { createMemoryOutbox } from '../../client/outbox/memory';
import { createHarness, lose, received, refuse, texts } from './kit/harness';

describe('an edit', () => {
  it('is shown by every client, in its place, with its time', async () => {
    const harness = createHarness();
    const ann = await harness.joined('ann');
    const bob = await harness.joined('bob');
    const sent = ann.room.send({ text: 'hello?', kind: 'note', data: { to: 'all' }, mentions: ['bob'] });
    await harness.clock.pass(500);

    const edit = editMessage(ann.room, (await sent).seq, { text: 'hello', mentions: ['bob'] });
    await harness.clock.pass(500);

    const { seq, at } = await edit;
    const shown = { text: 'hello', kind: 'note', mentions: ['bob'], rev: seq, editedAt: at, data: undefined };
    expect(ann.room.snapshot.messages).toMatchObject([shown]);
    expect(bob.room.snapshot.messages).toMatchObject([shown]);
    expect(ann.room.snapshot).toMatchObject({
      pending: [],
      pendingChanges: [],
      can: ['send', 'edit', 'delete', 'react'],
    });
  });

  it('of a send that is not acknowledged waits behind it, and is shown as pending', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' ? { delayMs: 500 } : undefined);

    void room.send('first');
    const [pending] = room.snapshot.pending;
    const edit = editMessage(room, pending?.id ?? '', 'second');
    await harness.clock.pass(300);

    expect(received(harness, 'editMessage')).toEqual([]);
    expect(room.snapshot.pendingChanges).toMatchObject([
      { action: 'editMessage', of: pending?.id, text: 'second', state: 'pending' },
    ]);
    await harness.clock.pass(2_000);
    await expect(edit).resolves.toMatchObject({ seq: 2 });
    expect(received(harness, 'editMessage')).toMatchObject([{ of: 1, text: 'second' }]);
    expect(texts(room)).toEqual(['second']);
  });

  it('of a send that is not acknowledged outlives the client', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    const first = harness.chat('ann', { outbox });
    first.connect();
    await harness.clock.pass(500);
    lose(harness, 'request', () => true);
    const room = first.room('lobby');
    room.send('first').catch(() => {});
    editMessage(room, room.snapshot.pending[0]?.id ?? '', 'second').catch(() => {});
    await harness.clock.pass(500);
    first.close();
    harness.gateway.faults.request = () => undefined;

    const { room: later } = await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(5_000);

    expect(texts(later)).toEqual(['second']);
    expect(later.snapshot).toMatchObject({ pending: [], pendingChanges: [] });
  });

  it('whose acknowledgement is lost is repeated, and counts once', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    await settled(harness, room.send('hello'));
    let lost = 1;
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' && lost-- > 0 ? 'drop' : undefined);

    const edit = editMessage(room, 1, 'hello!');
    await harness.clock.pass(10_000);

    await expect(edit).resolves.toMatchObject({ seq: 2 });
    expect(texts(room)).toEqual(['hello!']);
    expect(room.snapshot.cursor).toBe(2);
  });

  it.each(['gone', 'tooOld', 'tooMany', 'refused', 'forbidden'])(
    'that is refused as %s is kept as failed',
    async (code) => {
      const harness = createHarness();
      const { room } = await harness.joined();
      await settled(harness, room.send('hello'));
      refuse(harness, 'editMessage', { code });

      const edit = editMessage(room, 1, 'hello!');
      const outcome = expect(edit).rejects.toMatchObject({ code });
      await harness.clock.pass(500);

      await outcome;
      expect(texts(room)).toEqual(['hello']);
      const [change] = room.snapshot.pendingChanges;
      expect(change).toMatchObject({ of: 1, state: 'failed', error: { code } });
      expect(room.discard(change?.id ?? '')).toBe(true);
      expect(room.snapshot.pendingChanges).toEqual([]);
    },
  );

  it('of a send that was discarded is gone', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code: 'forbidden' });
    room.send('hello').catch(() => {});
    const id = room.snapshot.pending[0]?.id ?? '';
    const edit = expect(editMessage(room, id, 'hello!')).rejects.toMatchObject({ code: 'gone' });
    await harness.clock.pass(500);

    room.discard(id);
    await harness.clock.pass(500);

    await edit;
    expect(received(harness, 'editMessage')).toEqual([]);
  });
});

it('a deletion takes the text away at every client, also at one that was away', async () => {
  const harness = createHarness();
  const ann = await harness.joined('ann');
  const bob = await harness.joined('bob');
  await settled(harness, ann.room.send('secret'));
  const entries: string[] = [];
  bob.room.on('entry', ({ type }) => entries.push(type));
  for (const socket of harness.gateway.sockets.filter(({ user }) => user.id === 'bob'))
    harness.gateway.cut(socket);

  await settled(harness, deleteMessage(ann.room, 1));
  await harness.clock.pass(10_000);

  const gone = { seq: 1, text: '', deleted: { seq: 2, by: 'author' } };
  expect(ann.room.snapshot.messages).toMatchObject([gone]);
  expect(bob.room.snapshot.messages).toMatchObject([gone]);
  expect(entries).toEqual(['deleted']);
});

/** Waits for a promise in virtual time. */
async function settled<T>({ clock }: ReturnType<typeof createHarness>, promise: Promise<T>): Promise<T> {
  await clock.pass(1_000);
  return promise;
}
