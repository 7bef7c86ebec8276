import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileProblem } from '../util/fileErrors';

/** Where one data store keeps its parts; without a directory, in memory. */
export interface Store {
  /** Identifies this store: the names of its tables and the id of its log depend on it. */
  suffix: string;
  database?: string;
  secrets?: string;
  files?: string;
}

/** A new store in memory, or the one in a directory, made when there is none. */
export function openStore(directory?: string): Store {
  if (!directory) return { suffix: newSuffix() };
  const at = (name: string) => path.join(directory, name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
    return {
      suffix: suffixIn(at('store.json')),
      database: at('database'),
      secrets: at('secrets.json'),
      files: at('files'),
    };
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'store.json is damaged' : fileProblem(error);
    if (!problem) throw error;
    throw new Error(`The data cannot be kept in ${directory}: ${problem}.`);
  }
}

function suffixIn(file: string): string {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).suffix;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const suffix = newSuffix();
    writeFileSync(file, JSON.stringify({ suffix }));
    return suffix;
  }
}

const newSuffix = () => randomBytes(4).toString('hex');
