import type { Chat } from '../../client';
import { signInGuest } from '../../client/guests';
import { createRoomList, type RoomList } from '../../client/rooms';
import { chatsOf } from './chats';
import { sharedStack } from './sharedStack';
import { within } from './support';

jest.setTimeout(60_000);

const stack = sharedStack();
const chatOf = chatsOf(stack);

const tokenOf = async (name: string) => (await signInGuest(`${stack.url}/api/token`, name)).token;

/** Another device of a user, with its list of rooms. */
async function device(token: string): Promise<{ chat: Chat; list: RoomList }> {
  const chat = chatOf(token);
  const list = createRoomList(chat);
  await shows(list, ({ isLoaded }) => isLoaded);
  return { chat, list };
}

/** Waits until a list is as it should be. */
function shows(list: RoomList, isRight: (snapshot: RoomList['snapshot']) => boolean): Promise<void> {
  return within(
    'the list',
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isRight(list.snapshot)) return;
        stop();
        resolve();
      };
      const stop = list.onChange(look);
      look();
    }),
  );
}

const names = ({ rooms }: RoomList['snapshot']) => rooms.map(({ room }) => room).join(' ');

it('two devices of a user have one list, and another user hears nothing of it', async () => {
  const ann = await tokenOf('Ann');
  const [laptop, phone] = [await device(ann), await device(ann)];
  const bob = await device(await tokenOf('Bob'));
  const heard: string[] = [];
  bob.chat.on('frame', ({ type }) => heard.push(type));

  await laptop.list.follow('den');
  await shows(phone.list, (snapshot) => names(snapshot) === 'den');
  await phone.list.follow('attic');
  await shows(laptop.list, (snapshot) => names(snapshot) === 'attic den');
  await laptop.chat.room('den').join();
  await laptop.chat.room('den').send('hello, den');
  const late = await device(ann);

  expect(late.list.snapshot.rooms).toMatchObject([
    { room: 'attic', head: 0 },
    { room: 'den', head: 1, last: { text: 'hello, den', from: { name: 'Ann' } } },
  ]);
  await late.list.unfollow('den');
  await shows(laptop.list, (snapshot) => names(snapshot) === 'attic');
  await bob.chat.room('den').join();
  expect(heard.filter((type) => type.startsWith('room'))).toEqual([]);
  expect(bob.list.snapshot.rooms).toEqual([]);
});
