import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of the page. */
export interface PageFile {
  type: string;
  body: Buffer;
}

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const FILES: Record<string, [file: string, type: string]> = {
  '/': ['index.html', HTML],
  '/console.css': ['console.css', CSS],
  ...Object.fromEntries(
    ['console', 'alarms', 'api', 'bans', 'elements', 'erase', 'export', 'rooms', 'stack', 'users'].map(
      (name) => [`/${name}.js`, [`${name}.js`, SCRIPT]],
    ),
  ),
};

/** Reads the files of the page, by their path in the address. No other path leads to a file. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  return new Map(
    Object.entries(FILES).map(([address, [file, type]]) => [
      address,
      { type, body: readFileSync(path.join(__dirname, 'page', file)) },
    ]),
  );
}
