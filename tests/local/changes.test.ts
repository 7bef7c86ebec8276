import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Chat, Room } from '../../client';
import { deleteMessage, editMessage } from '../../client/editing';
import { signInGuest } from '../../client/guests';
import { chatsOf } from './chats';
import { sharedStack } from './sharedStack';
import { root, within } from './support';

jest.setTimeout(60_000);

const stack = sharedStack();
const open = chatsOf(stack);

async function enter(name: string, roomName: string): Promise<{ chat: Chat; room: Room; user: string }> {
  const { token, user } = await signInGuest(`${stack.url}/api/token`, name);
  const chat = open(token);
  const room = chat.room(roomName);
  await within(`${name} in the room`, room.join());
  return { chat, room, user: user.id };
}

/** Waits until a room's cursor has reached a seq. */
const reaches = (room: Room, seq: number): Promise<void> =>
  within(
    `entry ${seq}`,
    new Promise((resolve) => {
      const look = () => (room.snapshot.cursor ?? 0) >= seq && resolve();
      room.on('change', look);
      look();
    }),
  );

it('what a user edited and deleted while another was away reaches the other in order', async () => {
  const ann = await enter('Ann', 'away');
  const bob = await enter('Bob', 'away');
  for (const text of ['one', 'two', 'three']) await ann.room.send(text);
  await reaches(bob.room, 3);
  const heard: string[] = [];
  bob.room.on('entry', (entry) => heard.push(`${entry.type} ${'of' in entry ? entry.of : entry.seq}`));
  bob.chat.close();

  await editMessage(ann.room, 1, 'first draft');
  await ann.room.send({ text: 'four', replyTo: 2 });
  await editMessage(ann.room, 1, 'first');
  await deleteMessage(ann.room, 2);
  bob.chat.connect();
  void bob.room.join();
  await reaches(bob.room, 7);

  expect(heard).toEqual(['edited 1', 'message 5', 'edited 1', 'deleted 2']);
  const late = await enter('Eve', 'away');
  for (const { snapshot } of [bob.room, ann.room, late.room])
    expect(snapshot.messages).toMatchObject([
      { seq: 1, text: 'first', rev: 6 },
      { seq: 2, text: '', deleted: { seq: 7, by: 'author' } },
      { seq: 3, text: 'three' },
      { seq: 5, text: 'four', replyTo: 2 },
    ]);
});

it('the example of docs/your-own-app.md runs', async () => {
  const ann = await enter('Ann', 'example');
  const bob = await enter('Bob', 'example');
  const page = await readFile(path.join(root, 'docs', 'your-own-app.md'), 'utf8');
  const example = /## 7\. Messages that change.*?```js\n(.*?)```/s.exec(page)?.[1];

  const names = ['room', 'bob', 'editMessage', 'deleteMessage'];
  const run = new Function(...names, `return (async () => { ${example} })();`);
  await within('the example', run(ann.room, bob.user, editMessage, deleteMessage));
  await reaches(bob.room, 4);

  expect(bob.room.snapshot.messages).toMatchObject([
    { seq: 1, text: '', deleted: { seq: 4, by: 'author' } },
    { seq: 2, text: 'Soup today', replyTo: 1 },
  ]);
});

it('an edit of another user’s message is refused, and changes nothing', async () => {
  const ann = await enter('Ann', 'rights');
  const bob = await enter('Bob', 'rights');
  await ann.room.send('mine');
  await reaches(bob.room, 1);

  await expect(editMessage(bob.room, 1, 'yours')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(deleteMessage(bob.room, 1)).rejects.toMatchObject({ code: 'forbidden' });

  expect(bob.room.snapshot.messages).toMatchObject([{ text: 'mine' }]);
  expect(bob.room.snapshot.pendingChanges).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
});
