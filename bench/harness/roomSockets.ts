import { WebSocket } from 'ws';
import type { Stack } from '../../local/stack';

const AT_ONCE = 20;
const PATIENCE_MS = 30_000;

/** Hears every frame of a socket in a room, and when it came, in milliseconds of `performance.now()`. */
export type Hear = (receiver: number, frame: Record<string, unknown>, at: number) => void;

/** Opens sockets to the local stack, each of a guest of its own, and joins them to a room. */
export async function enterRoom(stack: Stack, room: string, size: number, hear: Hear): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  const enter = async (receiver: number): Promise<void> => {
    const socket = new WebSocket(
      stack.socketUrl,
      ['chat.v1', `bearer.${await tokenOf(stack, `user ${receiver}`)}`],
      { origin: stack.url },
    );
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    sockets[receiver] = socket;
    const joined = frameOf(socket, 'joined');
    socket.on('message', (data) => {
      const at = performance.now();
      hear(receiver, JSON.parse(String(data)), at);
    });
    socket.send(JSON.stringify({ action: 'joinRoom', room }));
    await joined;
  };
  for (let from = 0; from < size; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, size - from) }, (_, i) => enter(from + i)));
  return sockets;
}

async function tokenOf(stack: Stack, name: string): Promise<string> {
  const answer = await fetch(`${stack.url}/api/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: stack.url },
    body: JSON.stringify({ name }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** Waits for a socket's next frame of a type. Fails on an error frame, or if none comes. */
export function frameOf(socket: WebSocket, type: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No ${type} came.`)), PATIENCE_MS);
    const read = (data: unknown): void => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'error') reject(new Error(`Waiting for ${type}: ${frame.code}`));
      if (frame.type !== type) return;
      clearTimeout(late);
      socket.off('message', read);
      resolve(frame);
    };
    socket.on('message', read);
  });
}

/** Waits until a condition holds, and for no longer than a socket's frame may take. Tells whether it holds. */
export async function until(holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return holds();
}
