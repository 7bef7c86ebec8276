import { type Project, startProject } from './project';

jest.setTimeout(120_000);

const ENTRIES = [
  'client',
  'react',
  'presence',
  'moderation',
  'guests',
  'outbox',
  'outbox/browser',
  'outbox/file',
  'protocol',
];

const PROGRAM = `
import { type Chat, ChatError, createChat, type Outbox } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import { kick } from 'edge-chat/moderation';
import { createMemoryOutbox } from 'edge-chat/outbox';
import { createBrowserOutbox } from 'edge-chat/outbox/browser';
import { createFileOutbox } from 'edge-chat/outbox/file';
import { LIMITS, type MessageEntry } from 'edge-chat/protocol';
import { createPresence, type PresenceSnapshot } from 'edge-chat/presence';
import { usePresence, useRoom } from 'edge-chat/react';

const chat: Chat = createChat({
  url: 'wss://d111111abcdef8.cloudfront.net/ws',
  token: async ({ previous }) => (await signInGuest('/api/token', 'Ann', previous)).token,
  outbox: Math.random() < 0.5 ? createBrowserOutbox() : createFileOutbox('sends'),
});
chat.room('lobby').on('message', ({ text }: MessageEntry) => text.slice(0, LIMITS.textCharacters));
export const own: Outbox = { open: () => createMemoryOutbox().open() };
export const here: PresenceSnapshot = createPresence(chat, 'lobby').snapshot;
export const out = (user: string): Promise<void> => kick(chat.room('lobby'), user);
export const hooks = () => [useRoom(chat, 'lobby').messages, usePresence(chat, 'lobby').members];
export const wait = (error: unknown) => (error instanceof ChatError ? error.retryAfterMs : undefined);
// @ts-expect-error A text is no number: the types are there, and are not \`any\`.
void chat.room('lobby').send(1);
`;

describe('the package, installed in somebody’s project', () => {
  let project: Project;

  beforeAll(async () => {
    project = await startProject();
  });
  afterAll(() => project.remove());

  it('brings no other package', () => {
    expect(project.installed.filter((name) => !name.startsWith('.'))).toEqual(['edge-chat']);
  });

  it('gives the same to import and to require', async () => {
    await project.write(
      'names.mjs',
      `${ENTRIES.map((entry, at) => `import * as e${at} from 'edge-chat/${entry}';`).join('\n')}
       console.log(JSON.stringify([${ENTRIES.map((_, at) => `Object.keys(e${at}).sort()`)}]));`,
    );
    await project.write(
      'names.cjs',
      `console.log(JSON.stringify(${JSON.stringify(ENTRIES)}.map((entry) =>
         Object.keys(require('edge-chat/' + entry)).sort())));`,
    );

    const imported = JSON.parse(await project.node('names.mjs'));
    const required = JSON.parse(await project.node('names.cjs'));

    expect(imported).toEqual(required);
    expect(Object.fromEntries(ENTRIES.map((entry, at) => [entry, imported[at]]))).toMatchObject({
      client: ['ChatError', 'createChat', 'webSocketFrom'],
      react: ['useChat', 'usePresence', 'useRoom', 'useRooms'],
      presence: ['createPresence'],
      moderation: ['kick', 'unban'],
      guests: ['readGuest', 'signInGuest'],
      outbox: ['createMemoryOutbox'],
      'outbox/browser': ['createBrowserOutbox', 'eraseBrowserOutbox'],
      'outbox/file': ['createFileOutbox'],
      protocol: expect.arrayContaining(['LIMITS', 'parseServerFrame']),
    });
  });

  it.each([
    ['ES modules', 'one.mjs', (entry: string) => `await import('edge-chat/${entry}')`],
    ['CommonJS', 'one.cjs', (entry: string) => `require('edge-chat/${entry}')`],
  ])('has one class of errors for all its parts, in %s', async (_name, file, load) => {
    await project.write(
      file,
      `const run = async () => {
         const { ChatError } = ${load('client')};
         const { signInGuest } = ${load('guests')};
         const error = await signInGuest('http://127.0.0.1:9/', 'Ann').catch((reason) => reason);
         console.log(error instanceof ChatError, error.code);
       };
       run();`,
    );

    expect(await project.node(file)).toBe('true unavailable');
  });

  it.each([
    ['a bundler', 'program.ts', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node, as an ES module', 'program.mts', { module: 'nodenext', moduleResolution: 'nodenext' }],
    ['Node, as CommonJS', 'program.cts', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ])('has types for %s', async (_name, file, options) => {
    await project.write(file, PROGRAM);

    expect(await project.check([file], options)).toBe('');
  });

  it('has maps that lead from its files to the source', async () => {
    await project.write(
      'stack.mjs',
      `process.setSourceMapsEnabled(true);
       const { createChat } = await import('edge-chat/client');
       const chat = createChat({ url: '', token: () => '' });
       try { chat.room('No room'); } catch (error) { console.log(error.stack); }`,
    );

    expect(await project.node('stack.mjs')).toMatch(/edge-chat[/]client[/]chat\.ts:\d+/);
  });

  it('opens nothing that is not meant to be opened', async () => {
    await project.write('inner.cjs', "require('edge-chat/cjs/client.js');");

    await expect(project.node('inner.cjs')).rejects.toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it('is a command that needs nothing else', async () => {
    expect(await project.command('--help')).toMatch(/doctor \[options\] <url>/);
    expect(await project.command('doctor', '--help')).toMatch(/Exit codes: 0/);
    expect(await project.command('chat', '--help')).toMatch(/Chat in a terminal/);
  });
});
