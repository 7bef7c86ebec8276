import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { startChromium } from './chromium';
import { signIn } from './signInSteps';
import { message, say } from './site';

jest.setTimeout(90_000);

const ROOT = path.resolve(__dirname, '..', '..');
const OPTIONS = ['--port', '0', '--quiet', '--sign-in', '--param', 'guests=off'];

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

it.each([
  ['npm start', ['local/start.cjs']],
  ['sls offline', ['node_modules/serverless/bin/serverless.js', 'offline']],
])('%s signs a person in at a provider of its own, and takes no guest', async (_name, command) => {
  const child = spawn(process.execPath, [...command, ...OPTIONS], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const [address] = await Promise.race([
      once(createInterface(child.stdout), 'line'),
      ended.then(([code]) => Promise.reject(new Error(`The command ended with ${code}.`))),
    ]);
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);

    await signIn(page, 'Ann Archer');
    await say(page, 'signed in');
    await message(page, 'signed in').waitFor();
    const guest = await fetch(`${address}/api/token`, { method: 'POST', body: '{"name":"Gus"}' });
    expect(guest.ok).toBe(false);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
