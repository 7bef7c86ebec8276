import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the machine's own Chromium: the one `CHROMIUM` names, else the first on the path. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}

function findChromium(): string {
  const { CHROMIUM, PATH = '' } = process.env;
  const onPath = PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  const found = (CHROMIUM ? [CHROMIUM] : ['/usr/bin/chromium', ...onPath]).find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    CHROMIUM
      ? `CHROMIUM is ${CHROMIUM}, where there is no file.`
      : 'These tests need Chromium or Chrome. Install it (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask google-chrome), or set CHROMIUM to where it is.',
  );
}
