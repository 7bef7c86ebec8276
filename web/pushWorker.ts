/** The service worker of notifications: it shows what the stack pushes, and opens the room that a user chooses. */

/** What this file uses of the worker's global object; the types of the DOM have none of it. */
interface WorkerScope {
  addEventListener(type: 'install', listener: () => void): void;
  addEventListener(type: 'push', listener: (event: PushEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: ClickEvent) => void): void;
  skipWaiting(): Promise<void>;
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly WindowClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
}

interface PushEvent {
  data: { json(): Pushed } | null;
  waitUntil(work: Promise<unknown>): void;
}

interface ClickEvent {
  notification: Notification;
  waitUntil(work: Promise<unknown>): void;
}

interface WindowClient {
  focus(): Promise<unknown>;
  postMessage(message: { room: string }): void;
}

/** What the stack pushes: docs/notifications.md describes it. */
interface Pushed {
  room: string;
  seq: number;
  unread: number | string;
  mention?: true;
  from?: string;
  text?: string;
}

const worker = globalThis as unknown as WorkerScope;
/** The page's own worker removes other caches that begin like its own. */
const SHOWN = 'notifications';

let showing: Promise<void> = Promise.resolve();

worker.addEventListener('install', () => void worker.skipWaiting());

worker.addEventListener('push', (event) => {
  const pushed = event.data?.json();
  if (!pushed) return;
  // One after another: two that come at once would not know of each other.
  const show = () => showOnce(pushed);
  showing = showing.then(show, show);
  event.waitUntil(showing);
});

worker.addEventListener('notificationclick', (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(openRoom(notification.tag));
});

/** Shows a notification, unless a later one of its room was shown: one may come twice. */
async function showOnce({ room, seq, unread, mention, from, text }: Pushed): Promise<void> {
  const shown = await caches.open(SHOWN);
  const key = `/notifications/${room}`;
  const last = Number((await (await shown.match(key))?.text()) ?? 0);
  if (seq <= last) return;
  const where = room.startsWith('dm.') ? 'direct messages' : `in #${room}`;
  const body = text === undefined ? undefined : `${from}: ${text}`;
  await worker.registration.showNotification(`${unread} new ${where}${mention ? ', one mentions you' : ''}`, {
    tag: room,
    ...(body !== undefined && { body }),
  });
  await shown.put(key, new Response(String(seq)));
}

/** Shows a room in a window of the page, or in a new one. */
async function openRoom(room: string): Promise<void> {
  const [open] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!open) return void (await worker.clients.openWindow(`/#${room}`));
  open.postMessage({ room });
  await open.focus();
}

export {};
