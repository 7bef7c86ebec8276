/** The service worker: it keeps a copy of the page, so that the page opens without a network. */

/** What this file uses of the worker's global object; the types of the DOM have none of it. */
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

interface LifeEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

/** Written into the file by the build: the page's files with the hashes of their content. */
declare const PAGE_FILES: readonly string[];

const worker = globalThis as unknown as WorkerScope;
const PAGE = '/';
const CACHE = `edge-chat ${PAGE_FILES.join(' ')}`;

worker.addEventListener('install', (event) => {
  const keepPage = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([PAGE, ...PAGE_FILES]);
    await worker.skipWaiting();
  };
  event.waitUntil(keepPage());
});

worker.addEventListener('activate', (event) => {
  const removeOld = async () => {
    const names = await caches.keys();
    await Promise.all(
      names
        .filter((name) => name.startsWith('edge-chat ') && name !== CACHE)
        .map((name) => caches.delete(name)),
    );
    await worker.clients.claim();
  };
  event.waitUntil(removeOld());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(newestPage(request));
  else if (PAGE_FILES.includes(pathname)) event.respondWith(keptFile(request));
});

/** The page from the network; without a network the kept one. */
async function newestPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(PAGE, { cacheName: CACHE });
    if (kept) return kept;
    throw error;
  }
}

/** A file whose name changes with its content: the kept one is as good as the server's. */
async function keptFile(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}
