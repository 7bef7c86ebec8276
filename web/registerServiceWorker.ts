interface ScriptPolicies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const WORKER = '/worker.js';
/** The worker of notifications. */
export const PUSH_WORKER = '/push.js';

const policies = Reflect.get(globalThis, 'trustedTypes') as ScriptPolicies | undefined;
// The page's CSP lets this policy be made, and no other: it gives two addresses, whatever it is asked for.
const policy = policies?.createPolicy('edge-chat', {
  createScriptURL: (url) => (url === PUSH_WORKER ? url : WORKER),
});

/** Gives the address of a service worker as the page's policy lets it be used. */
export function workerUrl(url: string): string {
  return policy?.createScriptURL(url) ?? url;
}

/** Registers the service worker, with which the page opens without a network. Works without it where it is refused. */
export function registerServiceWorker(): void {
  navigator.serviceWorker?.register(workerUrl(WORKER)).catch(() => {});
}

/** The pages of the worker of notifications: none, so the page's own worker keeps the page. */
export const PUSH_SCOPE = '/push/';

/** Finds the worker of notifications. */
export async function findPushWorker(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker?.getRegistration(PUSH_SCOPE);
  // Without it the page's own worker is found.
  return found?.scope.endsWith(PUSH_SCOPE) ? found : undefined;
}
