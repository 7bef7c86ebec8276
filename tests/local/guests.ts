import type { Stack } from '../../local/stack';
import { type Client, open } from './support';

/** Asks for a guest's token as the page does. */
export async function guestToken(stack: Stack, name: string): Promise<string> {
  const answer = await fetch(`${stack.url}/api/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: stack.url },
    body: JSON.stringify({ name }),
  });
  if (answer.status !== 200) throw new Error(`No token for ${name}: ${answer.status}.`);
  return ((await answer.json()) as { token: string }).token;
}

/** Opens a socket with a token, as the page does. */
export function enter(stack: Stack, token: string): Promise<Client> {
  return open(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin: stack.url });
}

/** A new guest in a room. */
export async function guestIn(stack: Stack, room: string, name = 'guest'): Promise<Client> {
  const client = await enter(stack, await guestToken(stack, name));
  client.send({ action: 'joinRoom', room });
  await client.nextOf('joined');
  return client;
}
