import type { BrowserContext, Page, Worker } from 'playwright-core';
import { type PushService, startPushService } from '../support/pushService';
import { join, type Site, say, startSite, until, type Visit } from './site';

jest.setTimeout(90_000);

let service: PushService;
let site: Site;

beforeAll(async () => {
  service = await startPushService();
  site = await startSite({ params: { push: 'on', notifyAfter: '1', pushHosts: service.host } });
});
afterAll(async () => {
  await site.stop();
  await service.stop();
});

/**
 * Stands in for what Chromium does not do without a window: it asks nobody for a permission, subscribes at the push
 * service of the tests, and counts how often it was asked.
 */
async function allowNotifications(context: BrowserContext): Promise<void> {
  await context.exposeFunction('subscribeAt', (key: string) => service.subscribe(key));
  await context.addInitScript(() => {
    const own = globalThis as unknown as {
      asked: number;
      subscribeAt(key: unknown): Promise<object>;
    };
    own.asked = 0;
    let current: object | null = null;
    Notification.requestPermission = async () => {
      own.asked++;
      return 'granted';
    };
    Object.assign(PushManager.prototype, {
      getSubscription: async () => current,
      async subscribe({ applicationServerKey }: PushSubscriptionOptionsInit) {
        const made = await own.subscribeAt(applicationServerKey);
        current = { toJSON: () => made, unsubscribe: async () => true };
        return current;
      },
    });
  });
}

const asked = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'asked') as number);

/** Brings pushes to the worker of notifications, as Chromium does. */
async function openDelivery(page: Page): Promise<(data: unknown) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { registrationId, scopeURL } of registrations)
        if (scopeURL.endsWith('/push/')) resolve(registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await found;
  return async (data) => {
    await session.send('ServiceWorker.deliverPushMessage', {
      origin: site.stack.url,
      registrationId,
      data: JSON.stringify(data),
    });
  };
}

/** Keeps what the worker shows: without a window Chromium gives no permission to show it. */
const keepShown = (worker: Worker) =>
  worker.evaluate(() => {
    const shown: unknown[] = [];
    Object.assign(globalThis, { shown });
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    Object.defineProperty(registration, 'showNotification', {
      value: async (title: string, { tag, body }: NotificationOptions) => {
        shown.push({ title, tag, body });
      },
    });
  });
const shownBy = (worker: Worker) => worker.evaluate(() => Reflect.get(globalThis, 'shown') as unknown[]);

describe('notifications', () => {
  let ann: Visit;
  let bob: Visit;

  beforeAll(async () => {
    ann = await site.open();
    await allowNotifications(ann.page.context());
    await ann.page.reload();
    await join(ann.page, 'Ann');
    bob = await site.open({ name: 'Bob' });
  });

  it('are asked for by a button, shown once by the service worker, and open their room', async () => {
    const { page } = ann;
    const context = page.context();
    const turnOn = page.getByRole('button', { name: 'Notify me when I am away' });
    await turnOn.waitFor();
    expect(await asked(page)).toBe(0);

    const started = context.waitForEvent('serviceworker', (each) => each.url().endsWith('/push.js'));
    await turnOn.click();
    const worker = await started;
    await page.getByRole('combobox', { name: 'Notify me in lobby of' }).selectOption('all');
    expect(await asked(page)).toBe(1);
    await keepShown(worker);
    const deliver = await openDelivery(page);

    await page.evaluate(() => location.assign('#elsewhere'));
    await page.getByRole('heading', { name: 'elsewhere' }).waitFor();
    await say(bob.page, 'Anybody here?');
    const { notification } = await service.next();
    expect(notification).toMatchObject({ room: 'lobby', unread: 1 });
    for (let i = 0; i < 2; i++) await deliver(notification);
    await deliver({ room: 'news', seq: 1, unread: 2, mention: true, from: 'Bob', text: 'Hi!' });

    await until('both rooms are shown', async () => (await shownBy(worker)).length >= 2);
    expect(await shownBy(worker)).toEqual([
      { title: '1 new in #lobby', tag: 'lobby' },
      { title: '2 new in #news, one mentions you', tag: 'news', body: 'Bob: Hi!' },
    ]);

    await worker.evaluate(() => {
      const event = new Event('notificationclick');
      const notification = { tag: 'lobby', close() {} };
      globalThis.dispatchEvent(Object.assign(event, { notification, waitUntil() {} }));
    });
    await page.getByRole('heading', { name: 'lobby' }).waitFor();
    expect(ann.offences).toEqual([]);
  });

  it('end with a sign-out', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Sign out' }).click();

    await until('the worker is gone', () =>
      page.evaluate(
        async () =>
          !(await navigator.serviceWorker.getRegistrations()).some(({ scope }) => scope.endsWith('/push/')),
      ),
    );
  });
});
