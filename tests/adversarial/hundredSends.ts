import type { Stack } from '../../local/stack';
import { enter, guestIn, guestToken } from '../local/guests';
import type { Client } from '../local/support';

const SENDERS = 5;
const SENDS_EACH = 20;

/** Sends a hundred good messages from five people to a sixth, and gives how many were acknowledged and arrived. */
export async function hundredSends(
  stack: Stack,
  where: string,
): Promise<{ acknowledged: number; arrived: number }> {
  const rooms = Array.from({ length: SENDERS }, (_, i) => `${where}-${i}`);
  const senders = await Promise.all(rooms.map((room) => guestIn(stack, room)));
  const listener = await enter(stack, await guestToken(stack, 'listener'));
  for (const room of rooms) {
    listener.send({ action: 'joinRoom', room });
    await listener.nextOf('joined');
  }
  const arrived = new Set<unknown>();
  const listening = (async () => {
    while (arrived.size < SENDERS * SENDS_EACH) arrived.add((await listener.nextOf('message')).id);
  })();

  const acknowledged = await Promise.all(
    senders.map((sender, i) => sendInTurn(sender, rooms[i] ?? '', `good-${where}-${i}`)),
  );
  await listening;
  for (const client of [listener, ...senders]) client.socket.close();
  return { acknowledged: acknowledged.reduce((sum, each) => sum + each), arrived: arrived.size };
}

/** Sends one message after the other's answer, and counts the acknowledgements. */
async function sendInTurn(sender: Client, room: string, name: string): Promise<number> {
  let acknowledged = 0;
  for (let i = 0; i < SENDS_EACH; i++) {
    const id = `${name}-${i}`;
    sender.send({ action: 'sendMessage', room, id, text: `good ${i}`, after: 0, ref: id });
    let reply = await sender.next(`the answer to ${id}`);
    while (reply.ref !== id) reply = await sender.next(`the answer to ${id}`);
    if (reply.type === 'ack') acknowledged++;
  }
  return acknowledged;
}
