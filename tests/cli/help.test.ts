import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scripts } from '../../package.json';

jest.setTimeout(300_000);

const ROOT = path.resolve(__dirname, '..', '..');

/** The scripts of package.json that are programs of this repository, with the arguments Node takes. */
const PROGRAMS = Object.entries(scripts).flatMap(([name, command]): [string, string[]][] => {
  // `npm start` has a test of its own. npm runs `prepare`, also where the parser of options is not installed.
  const [runner = '', ...args] = name === 'start' || name === 'prepare' ? [] : command.split(' ');
  if (runner === 'tsx') return [[name, ['--import', 'tsx', ...args]]];
  return runner === 'node' ? [[name, args]] : [];
});

const SUBCOMMANDS = [
  'chat',
  'send',
  'tail',
  'save',
  'doctor',
  'console',
  'export',
  'replay',
  'erase',
  'ban',
  'unban',
].map((name): [string, string[]] => [`edge-chat ${name}`, ['--import', 'tsx', 'cli/edgeChat.ts', name]]);

const PAGES = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((page) => readFileSync(path.join(ROOT, page), 'utf8'))
  .join('\n');

/** The options that the pages give to a program. */
function documentedOptions(program: string): string[] {
  const command = program.startsWith('edge-chat ') ? `npx ${program} ` : `npm run ${program} -- `;
  return PAGES.split('\n')
    .flatMap((line) => line.split(command).slice(1))
    .flatMap((rest) => /^[^`|#]*/.exec(rest)?.[0].match(/--[a-z][\w-]*/g) ?? []);
}

function run(args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? error.code : 0, out, err }),
    );
  });
}

it('knows the programs', () => {
  expect(PROGRAMS.map(([name]) => name)).toEqual(expect.arrayContaining(['cost', 'load', 'sim', 'sizes']));
});

it.each([...PROGRAMS, ...SUBCOMMANDS])(
  '%s prints its usage with every option that the pages name, and refuses an unknown option',
  async (name, args) => {
    const [help, wrong] = await Promise.all([run([...args, '--help']), run([...args, '--no-such-option'])]);

    expect(help).toEqual({ code: 0, err: '', out: expect.stringMatching(/^Usage: .*--help/s) });
    expect(documentedOptions(name).filter((option) => !help.out.includes(option))).toEqual([]);
    expect(wrong).toEqual({ code: 2, out: '', err: expect.stringMatching(/^.*--no-such-option.*\n$/) });
  },
);
