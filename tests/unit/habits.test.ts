import { existsSync, readdirSync, readFileSync } from 'node:fs';

const text = (file: string) => readFileSync(file, 'utf8');
const folders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const decisions = readdirSync('docs/decisions').filter((name) => /^\d{4}-/.test(name));

it.each(decisions)('the decision %s has its date, its status, alternatives and what was measured', (name) => {
  const page = text(`docs/decisions/${name}`);

  expect(page).toMatch(new RegExp(`^# ${name.slice(0, 4)}\\. \\S`));
  expect(page).toMatch(/^- Date: \d{4}-\d\d-\d\d\n- Status: \S/m);
  for (const part of ['Context', 'Decision', 'Alternatives', 'Measured'])
    expect(page).toMatch(new RegExp(`^## ${part}\n\n.*\\S`, 'm'));
});

it('each decision has a number of its own', () => {
  expect(new Set(decisions.map((name) => name.slice(0, 4))).size).toBe(decisions.length);
});

it.each(folders('tests'))('tests/README.md says what tests/%s proves', (folder) => {
  expect(text('tests/README.md')).toContain(`\`${folder}`);
});

it('the example of CONTRIBUTING.md names files that exist', () => {
  const [, example = ''] = /## Example: add an action(.*?)\n## /s.exec(text('CONTRIBUTING.md')) ?? [];
  const named = [...example.matchAll(/`([a-z]+\/[\w./]*)`/gi)].flatMap(([, file = '']) => file);

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !file.includes('NAME') && !existsSync(file))).toEqual([]);
});

it('names the Node version, the editor settings, the templates and what is not released', () => {
  expect(text('.nvmrc').trim()).toBe('20');
  expect(text('.editorconfig')).toContain('root = true');
  expect(readdirSync('.github/ISSUE_TEMPLATE')).toEqual(expect.arrayContaining(['bug.yml', 'feature.yml']));
  expect(text('.github/pull_request_template.md')).toContain('- [ ]');
  expect(text('.github/workflows/ci.yml')).toContain('run: .ci/run');
  expect(text('docs/releasing.md')).toMatch(/^1\. /m);
  expect(text('CHANGELOG.md')).toMatch(/^## Unreleased$/m);
});
