/** Values that the browser stores between visits. All tabs of a browser share them. */
export interface Memory {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  /** Removes everything. */
  clear(): void;
  /** Calls back when another tab has changed a value, or removed it. Returns what stops it. */
  watch(key: string, changed: () => void): () => void;
}

const PREFIX = 'edge-chat.';

/**
 * Stores in the browser's storage, or in memory without one: the storage may be switched
 * off, full, or refused to the page, each of which throws.
 */
export function createBrowserStorage(storage: () => Storage, tabs?: EventTarget): Memory {
  /** Only what the storage did not take: what another tab removes from the storage is gone here, too. */
  const unstored = new Map<string, string>();
  const stored = (key: string) => attempt(() => storage().getItem(PREFIX + key) ?? undefined);
  return {
    read(key) {
      const text = unstored.get(key) ?? stored(key);
      return text === undefined ? undefined : attempt(() => JSON.parse(text));
    },
    write(key, value) {
      const text = JSON.stringify(value);
      attempt(() => storage().setItem(PREFIX + key, text));
      if (stored(key) === text) unstored.delete(key);
      else unstored.set(key, text);
    },
    clear() {
      unstored.clear();
      const keys = attempt(() => Object.keys(storage())) ?? [];
      for (const key of keys) if (key.startsWith(PREFIX)) attempt(() => storage().removeItem(key));
    },
    watch(key, changed) {
      const onStorage = (event: Event) => {
        const changedKey: unknown = Reflect.get(event, 'key');
        // `null` is said when everything was removed.
        if (changedKey !== null && changedKey !== PREFIX + key) return;
        unstored.delete(key);
        changed();
      };
      tabs?.addEventListener('storage', onStorage);
      return () => tabs?.removeEventListener('storage', onStorage);
    },
  };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
