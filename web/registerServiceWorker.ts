interface ScriptPolicies {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(url: string): string };
}

const WORKER = '/worker.js';

/** Registers the service worker, with which the page opens without a network. Works without it where it is refused. */
export function registerServiceWorker(): void {
  const policies = Reflect.get(globalThis, 'trustedTypes') as ScriptPolicies | undefined;
  // The page's CSP lets this policy be made, and no other: it gives one address, whatever it is asked for.
  const policy = policies?.createPolicy('edge-chat', { createScriptURL: () => WORKER });
  navigator.serviceWorker?.register(policy?.createScriptURL(WORKER) ?? WORKER).catch(() => {});
}
