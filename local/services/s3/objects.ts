import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** An object of the bucket. */
export interface StoredObject {
  headers: Record<string, string>;
  /** By the names of tags. */
  tags: Record<string, string>;
  modified: number;
  content: Buffer;
}

/** The objects of a bucket, by key. */
export interface Objects {
  get(key: string): StoredObject | undefined;
  put(key: string, object: StoredObject): void;
  remove(key: string): void;
  keys(): string[];
}

/** Opens the objects in memory or, given a directory, in a file each. */
export function openObjects(directory?: string): Objects {
  const objects = new Map<string, StoredObject>();
  if (directory === undefined)
    return {
      get: (key) => objects.get(key),
      put: (key, object) => void objects.set(key, object),
      remove: (key) => void objects.delete(key),
      keys: () => [...objects.keys()].sort(),
    };

  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fileOf = (key: string) => path.join(directory, encodeURIComponent(key));
  const keys = () => readdirSync(directory).map(decodeURIComponent).sort();
  return {
    get(key) {
      if (!keys().includes(key)) return undefined;
      const { content, ...rest } = JSON.parse(readFileSync(fileOf(key), 'utf8'));
      return { ...rest, content: Buffer.from(content, 'base64') };
    },
    put: (key, object) =>
      writeFileSync(fileOf(key), JSON.stringify({ ...object, content: object.content.toString('base64') }), {
        mode: 0o600,
      }),
    remove: (key) => rmSync(fileOf(key), { force: true }),
    keys,
  };
}
