import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { devDependencies } from '../../package.json';

const ROOT = path.resolve(__dirname, '..', '..');
const VERSION = devDependencies['@sparticuz/chromium'];
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

interface Installed {
  executablePath: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Starts Chromium: the one that `CHROMIUM` names, else one on the path, else the one that `npm ci` has installed.
 */
export async function startChromium(): Promise<Browser> {
  const { executablePath, env } = fromEnvironment() ?? fromPath() ?? (await fromPackage());
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...env } });
}

function fromEnvironment(): Installed | undefined {
  const { CHROMIUM } = process.env;
  if (!CHROMIUM) return undefined;
  if (existsSync(CHROMIUM)) return { executablePath: CHROMIUM };
  throw new Error(`CHROMIUM is ${CHROMIUM}, where there is no file.`);
}

function fromPath(): Installed | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const files = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  const executablePath = files.find((file) => existsSync(file));
  return executablePath ? { executablePath } : undefined;
}

/** The package is built for Linux on x64. It brings the libraries and fonts that a slim image lacks. */
async function fromPackage(): Promise<Installed> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'These tests need Chromium or Chrome. Install it (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask google-chrome), or set CHROMIUM to its path.',
    );
  const folder = path.join(ROOT, 'node_modules', '.cache', `chromium-${VERSION}`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
    },
  };
}

/** Unpacks beside the folder and renames at the end: several workers may start at the same moment. */
async function unpack(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  // In its own process, because the package unpacks into the temporary directory, and the shared libraries only on Lambda.
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', "(await import('@sparticuz/chromium')).default.executablePath()"],
    { cwd: ROOT, env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' } },
  );
  await writeFile(path.join(unfinished, 'fonts.conf'), fontSettings(folder));
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
