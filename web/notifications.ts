import { findPushWorker, PUSH_SCOPE, PUSH_WORKER, workerUrl } from './registerServiceWorker';

/** Of which messages of a room the user is notified. */
export type Level = 'all' | 'mentions' | 'none';

/** Gives the user's token. */
export type AskToken = () => Promise<string>;

/** Tells whether this browser notifies its user. */
export async function isNotifying(): Promise<boolean> {
  const registration = await findPushWorker();
  return ((await registration?.pushManager.getSubscription()) ?? undefined) !== undefined;
}

/** Has this browser notify its user from now on. The permission must be there. Rejects where that is not possible. */
export async function notify(token: AskToken): Promise<void> {
  const { key } = (await call(token, 'GET', '/api/push')) as { key: string };
  const registration = await navigator.serviceWorker.register(workerUrl(PUSH_WORKER), { scope: PUSH_SCOPE });
  await activated(registration);
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  const { pushManager } = registration;
  const subscription = await pushManager.subscribe(wanted).catch(async () => {
    // The key of the stack has changed.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(wanted);
  });
  await call(token, 'POST', '/api/push', subscription.toJSON());
}

/** Has this browser notify its user no more: its push service tells the stack so. */
export async function stopNotifying(): Promise<void> {
  await (await findPushWorker())?.unregister();
}

/** Reads of which messages of a room the user is notified. */
export async function readLevel(token: AskToken, room: string): Promise<Level> {
  return ((await call(token, 'GET', `/api/rooms/${room}/push`)) as { level: Level }).level;
}

/** Sets of which messages of a room the user is notified. */
export async function setLevel(token: AskToken, room: string, level: Level): Promise<void> {
  await call(token, 'POST', `/api/rooms/${room}/push`, { level });
}

/** Calls back when the user chooses a notification. Returns what stops it. */
export function onChosen(open: (room: string) => void): () => void {
  const listener = ({ data }: MessageEvent): void => {
    if (typeof data?.room === 'string') open(data.room);
  };
  navigator.serviceWorker.addEventListener('message', listener);
  return () => navigator.serviceWorker.removeEventListener('message', listener);
}

async function activated({ installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  const worker = installing ?? waiting;
  if (!worker) return;
  await new Promise<void>((resolve) => {
    worker.addEventListener('statechange', () => worker.state === 'activated' && resolve());
  });
}

async function call(token: AskToken, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const value: unknown = await answer.json();
  if (!answer.ok) throw new Error((value as { error: { message: string } }).error.message);
  return value;
}
