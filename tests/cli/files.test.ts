import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { saveFile } from '../../cli/files/saveFile';
import { startStack } from '../../local/stack';
import { HOSTILE_NAMES } from '../adversarial/corpus/files';
import { FILES_AND_RIGHTS, sharedStack } from '../local/sharedStack';
import { UNSAFE_OUTPUT } from './hostileText';
import { chat } from './run';

jest.setTimeout(60_000);

let folder: string;
const inFolder = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('files at the command line', () => {
  const stack = sharedStack({ params: FILES_AND_RIGHTS });

  beforeAll(() => {
    writeFileSync(inFolder('plan.txt'), 'the plan');
    writeFileSync(inFolder('large.bin'), Buffer.alloc(300_000, 7));
    writeFileSync(inFolder('empty.txt'), '');
  });

  const send = (...args: string[]) => chat(['send', stack.url, '--room', 'files', ...args]);
  const save = (...args: string[]) => chat(['save', stack.url, '--room', 'files', ...args]);

  it('are sent in one message and saved under their names, next to files that are there', async () => {
    const sent = await send(
      '--file',
      inFolder('plan.txt'),
      '--file',
      inFolder('large.bin'),
      '--text',
      'Read',
    );
    const to = inFolder('saved');

    const first = await save('--message', '1', '--to', to);
    const second = await save('--message', '1', '--to', to);

    expect(sent).toEqual({ code: 0, out: '', err: '' });
    expect(first).toEqual({ code: 0, out: `${to}/plan.txt\n${to}/large.bin\n`, err: '' });
    expect(second.out).toBe(`${to}/plan (2).txt\n${to}/large (2).bin\n`);
    expect(readFileSync(path.join(to, 'plan (2).txt'), 'utf8')).toBe('the plan');
    expect(readFileSync(path.join(to, 'large.bin'))).toEqual(Buffer.alloc(300_000, 7));
  });

  it.each([
    ['a file that is missing', () => send('--file', inFolder('none.txt')), 2, 'there is no such file'],
    ['a folder', () => send('--file', folder), 2, 'it is no file'],
    ['an empty file', () => send('--file', inFolder('empty.txt')), 2, 'The file is empty'],
    ['a text without a file', () => send('--text', 'Read'), 2, '--text needs a --file'],
    ['no message', () => save(), 2, 'Give --message SEQ'],
    ['a message that is not there', () => save('--message', '99'), 4, 'is not in the room'],
    [
      'a folder that is a file',
      () => save('--message', '1', '--to', inFolder('plan.txt')),
      1,
      'a file has this',
    ],
  ])('%s is refused with a reason', async (_what, run, code, reason) => {
    const ran = await run();

    expect(ran).toEqual({ code, out: '', err: expect.stringContaining(reason) });
  });

  it('are refused with a reason where the deployment takes none', async () => {
    const without = await startStack();
    try {
      const ran = await chat(['send', without.url, '--file', inFolder('plan.txt')]);
      expect(ran).toEqual({ code: 1, out: '', err: expect.stringContaining('takes no files') });
    } finally {
      await without.stop();
    }
  });
});

it.each<[what: string, name: string]>([
  ...HOSTILE_NAMES.map(([what, name]): [string, string] => [what, name]),
  ['the folder above', '..'],
  ['a device of Windows', 'NUL.txt'],
  ['a second stream of Windows', 'a.txt:b.exe'],
  ['an option of a command', '-rf'],
  ['256 bytes', '🗂'.repeat(64)],
])('a name that is %s stays in the folder, and harms no terminal', async (_what, name) => {
  const to = mkdtempSync(inFolder('names-'));

  const place = await saveFile(to, name, new Blob(['x']));

  expect(readdirSync(to)).toEqual([path.basename(place)]);
  expect(path.dirname(place)).toBe(to);
  expect(path.basename(place)).not.toMatch(/^[.-]|^nul|[/\\:]/i);
  expect(place).not.toMatch(UNSAFE_OUTPUT);
});

it('a link in the folder is not followed', async () => {
  const to = mkdtempSync(inFolder('links-'));
  symlinkSync(inFolder('outside.txt'), path.join(to, 'a.txt'));

  const place = await saveFile(to, 'a.txt', new Blob(['x']));

  expect([path.basename(place), readdirSync(folder).includes('outside.txt')]).toEqual(['a (2).txt', false]);
});
