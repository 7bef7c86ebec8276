import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import WebSocket from 'ws';
import { createChat, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import { type Stack, startStack } from '../../local/stack';
import { startChromium } from '../browser/chromium';
import { type Project, ROOT, startProject } from './project';

jest.setTimeout(120_000);

/** The stack that the example names. */
const EXAMPLE_STACK = 'http://localhost:8080';

const PAGE = `
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as example from './example';

const [Example] = Object.values(example);
createRoot(document.body).render(<StrictMode><Example /></StrictMode>);
`;

const HTML = '<!doctype html><title>Example</title><body><script type="module" src="/page.js"></script>';

/** The first piece of TSX in the README. */
async function readExample(): Promise<string> {
  const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  const code = /^```tsx\n(.*?)^```/ms.exec(readme)?.[1];
  if (code === undefined) throw new Error('README.md shows no piece of tsx.');
  return code;
}

describe('the example of the hooks in the README, in somebody’s project', () => {
  let project: Project;
  let stack: Stack;
  let browser: Browser;
  let app: Server;
  let appUrl: string;

  /** Serves the app that shows the example. */
  async function serveApp({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/page.js') return void response.setHeader('content-type', 'text/html').end(HTML);
    const script = await readFile(path.join(project.directory, 'site', 'page.js'));
    response.setHeader('content-type', 'text/javascript').end(script);
  }

  beforeAll(async () => {
    project = await startProject();
    browser = await startChromium();
    app = createServer(serveApp).listen(0);
    await once(app, 'listening');
    appUrl = `http://localhost:${(app.address() as AddressInfo).port}`;
    stack = await startStack({ params: { allowedOrigins: appUrl } });
    await project.write('example.tsx', (await readExample()).replace(EXAMPLE_STACK, stack.url));
  });
  afterAll(async () => {
    await browser?.close();
    app?.close();
    await stack?.stop();
    await project?.remove();
  });

  it('has about ten lines, and compiles', async () => {
    const component = (await readExample()).split('\n\n').at(-1) ?? '';
    const options = { module: 'esnext', moduleResolution: 'bundler' };

    expect(component.trim().split('\n').length).toBeLessThanOrEqual(10);
    expect(await project.check(['example.tsx'], options)).toBe('');
  });

  it('chats from another origin than the stack', async () => {
    await build({
      stdin: { contents: PAGE, loader: 'tsx', resolveDir: project.directory },
      outfile: path.join(project.directory, 'site', 'page.js'),
      bundle: true,
      format: 'esm',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    const { token } = await signInGuest(`${stack.url}/api/token`, 'Bo');
    const bo = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
    bo.connect();
    const lobby = bo.room('lobby');
    await lobby.join();
    const arrived = new Promise<string>((resolve) => {
      lobby.on('message', ({ from, text }) => resolve(`${from.name}: ${text}`));
    });

    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(appUrl);
    await page.locator('input').fill('hello');
    await page.keyboard.press('Enter');

    expect(await arrived).toBe('Ann: hello');
    await page.getByText('Ann: hello').waitFor();
    await lobby.send('hi, Ann');
    await page.getByText('Bo: hi, Ann').waitFor();
    bo.close();
    expect(errors).toEqual([]);
  });
});
