import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRIES } from './buildPackage.mjs';
import { readArguments } from './commandLine.mjs';

// TypeDoc needs the programming interface of TypeScript 5, which TypeScript 7 does not have.
const pinned = fileURLToPath(new URL('typedoc', import.meta.url));
const root = path.join(pinned, '..', '..');
const work = path.join(root, '.build', 'apiReference');
const tool = path.join(work, 'typedoc');
const entries = path.join(work, 'entries');

/** Gives each entry point a module with the name that apps import. */
function writeEntries() {
  rmSync(entries, { recursive: true, force: true });
  for (const [name, source] of Object.entries(ENTRIES)) {
    const file = path.join(entries, `${name}.ts`);
    mkdirSync(path.dirname(file), { recursive: true });
    const from = path.relative(path.dirname(file), path.join(root, source));
    writeFileSync(file, `/** @module edge-chat/${name} */\nexport * from '${from}';\n`);
  }
}

const options = {
  name: 'edge-chat',
  entryPoints: [path.join(entries, '**', '*.ts')],
  tsconfig: path.join(work, 'tsconfig.json'),
  out: path.join(root, '.build', 'api'),
  readme: path.join(root, 'docs', 'your-own-app.md'),
  disableSources: true,
  excludeInternal: true,
  highlightLanguages: ['bash', 'console', 'html', 'javascript', 'json', 'jsx', 'tsx', 'typescript', 'yaml'],
  validation: { notDocumented: true, notExported: true, invalidLink: true, invalidPath: false },
  treatValidationWarningsAsErrors: true,
  requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'Method', 'TypeAlias'],
  intentionallyNotExported: ['WithoutRoomAndRef'],
};
const tsconfig = {
  extends: path.join(root, 'tsconfig.json'),
  compilerOptions: { types: ['node'] },
  include: [entries],
};

readArguments('docs:api', 'Write the reference of all entry points to .build/api.');
writeEntries();
cpSync(pinned, tool, { recursive: true });
writeFileSync(path.join(work, 'tsconfig.json'), JSON.stringify(tsconfig));
writeFileSync(path.join(work, 'typedoc.json'), JSON.stringify(options));
execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: tool, stdio: 'inherit' });
const { status } = spawnSync(
  process.execPath,
  [path.join(tool, 'node_modules', 'typedoc', 'bin', 'typedoc')],
  {
    cwd: work,
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
