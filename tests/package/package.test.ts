import { readdirSync } from 'node:fs';
import { ENTRIES } from './program';
import { type Project, startProject } from './project';

jest.setTimeout(120_000);

describe('the package, installed in somebody’s project', () => {
  let project: Project;

  beforeAll(async () => {
    project = await startProject();
  });
  afterAll(() => project.remove());

  it('brings no other package', () => {
    expect(project.installed.filter((name) => !name.startsWith('.'))).toEqual(['edge-chat']);
  });

  it('brings the page of the console', async () => {
    await project.write(
      'page.cjs',
      `console.log(require('node:fs').readdirSync(require('node:path').join(require.resolve('edge-chat/package.json'), '../bin/page')).sort().join())`,
    );

    expect(await project.node('page.cjs')).toBe(readdirSync('cli/console/page').sort().join());
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
      react: [
        'filesOf',
        'useChat',
        'useDrafts',
        'useFiles',
        'useFinder',
        'useFollowedRooms',
        'usePresence',
        'useReactions',
        'useReports',
        'useRoom',
        'useRooms',
        'useSignal',
        'useUnread',
      ],
      editing: ['deleteMessage', 'editMessage'],
      history: ['loadOlder'],
      presence: ['createPresence'],
      finding: ['createFinder'],
      reactions: ['createReactions', 'listReactions'],
      rooms: ['createRoomList', 'openDirect'],
      requests: ['onFrame', 'request'],
      signals: ['onSignal', 'sendSignal'],
      drafts: ['createDraftWriter', 'watchDrafts'],
      bot: ['replyId', 'startBot'],
      moderation: [
        'NO_RULES',
        'addMember',
        'kick',
        'listBans',
        'listMembers',
        'mergeMembers',
        'mute',
        'removeMember',
        'setRoom',
        'unban',
        'watchRules',
      ],
      reports: ['decide', 'listQueue', 'report', 'resolveReports'],
      guests: ['readGuest', 'signInGuest', 'signOutGuest'],
      outbox: ['createMemoryOutbox', 'createOutbox'],
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
