import { createHarness, listen, texts } from './kit/harness';

describe('a chat', () => {
  it('connects, joins, and shows what others and oneself send', async () => {
    const { clock, gateway, chat: _, joined, errors } = createHarness();
    gateway.post('lobby', 'before');
    const { chat, room } = await joined();
    const heard = listen(room);

    const sent = room.send('mine');
    gateway.post('lobby', 'theirs');
    await clock.pass(1_000);

    expect(chat.state).toEqual({ kind: 'connected' });
    await expect(sent).resolves.toMatchObject({ id: 'ann-message-1', seq: 3 });
    expect(heard).toEqual(['theirs', 'mine']);
    expect(texts(room)).toEqual(['before', 'theirs', 'mine']);
    expect(room.snapshot).toMatchObject({ state: 'joined', cursor: 3, pending: [] });
    expect(errors).toEqual([]);
  });
});
