import { setTimeout as wait } from 'node:timers/promises';

/**
 * Publishes in the name of the token's user. Repeats until the stack has taken or refused the message: however often
 * it arrives, one `id` is one message.
 */
export async function publishByHttp(stack, token, room, { id, text }) {
  for (let waitMs = 500; ; waitMs = Math.min(2 * waitMs, 30_000)) {
    const response = await fetch(`${stack}/api/rooms/${room}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id, text }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);

    if (response?.ok) return response.json();
    if (response && response.status < 500 && response.status !== 429)
      throw new Error((await response.json()).error.message);
    await wait(Math.max(waitMs, 1_000 * Number(response?.headers.get('retry-after') ?? 0)));
  }
}
