/** Values that the browser stores between visits. */
export interface Memory {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  /** Removes everything. */
  clear(): void;
}

const PREFIX = 'edge-chat.';

/**
 * Stores in the browser's storage, or in memory without one: the storage may be switched
 * off, full, or refused to the page, each of which throws.
 */
export function createMemory(storage: () => Storage): Memory {
  const kept = new Map<string, string>();
  return {
    read(key) {
      const text = attempt(() => storage().getItem(PREFIX + key)) ?? kept.get(key);
      return text === undefined ? undefined : attempt(() => JSON.parse(text));
    },
    write(key, value) {
      const text = JSON.stringify(value);
      kept.set(key, text);
      attempt(() => storage().setItem(PREFIX + key, text));
    },
    clear() {
      kept.clear();
      const keys = attempt(() => Object.keys(storage())) ?? [];
      for (const key of keys) if (key.startsWith(PREFIX)) attempt(() => storage().removeItem(key));
    },
  };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run() ?? undefined;
  } catch {
    return undefined;
  }
}
