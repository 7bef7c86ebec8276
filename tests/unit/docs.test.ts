import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const pages = [
  'README.md',
  'PROTOCOL.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(isPage)
    .map((name) => `docs/${name}`),
];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const text = (page: string) => readFileSync(page, 'utf8');

function isPage(name: string): boolean {
  return name.endsWith('.md');
}

/** Every first group of a pattern in all pages, each once, with the page it stands in. */
function found(pattern: RegExp): [string, string][] {
  const all = pages.flatMap((page) =>
    [...text(page).matchAll(pattern)].map(([, word = '']) => `${page} ${word}`),
  );
  return [...new Set(all)].map((each) => each.split(' ') as [string, string]);
}

/** As GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

it.each(found(/\]\((?!https?:)([^)\s]+)\)/g))('%s links to %s, which is there', (page, link) => {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);

  expect(existsSync(target)).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
});

it.each(found(/npm run (?:-s )?([a-z][\w:-]*)/g))('%s runs `npm run %s`, which exists', (_page, script) => {
  expect(Object.keys(scripts)).toContain(script);
});

it.each(found(/npx edge-chat ([a-z]+)/g))('%s runs `npx edge-chat %s`, which exists', (_page, command) => {
  expect(text('cli/edgeChat.ts')).toContain(`${command}Command()`);
});

it.each(found(/\/aws\/lambda\/edge-chat-prod-(\w+)/g))(
  '%s reads the log of %s, a function',
  (_page, name) => {
    expect(existsSync(`handlers/${name}.ts`)).toBe(true);
  },
);

it.each(found(/--namespace EdgeChat --metric-name (\w+)/g))(
  '%s reads the metric %s, which is written',
  (_page, name) => {
    expect(text('lib/telemetry/metrics.json')).toContain(`"${name}"`);
  },
);

it.each(found(/--logical-resource-id (\w+)/g))('%s asks for %s, a part of the stack', (_page, id) => {
  const sources = readdirSync('infra').map((name) => path.join('infra', name));
  const parts = sources.filter((file) => /\.(js|yml)$/.test(file)).map(text);

  expect(parts.some((part) => new RegExp(`^\\s+${id}:`, 'm').test(part))).toBe(true);
});
