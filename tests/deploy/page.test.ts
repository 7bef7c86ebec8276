import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clients, clientsFor } from './clients';
import { type Cloud, startCloud } from './cloud/cloud';
import { objectIn } from './cloud/s3';
import { PAGE } from './project';

interface PageFile {
  key: string;
  contentType: string;
  cacheControl: string;
}

const { readPage, uploadPage, sweepPage } = require('../../infra/deploy/page.js') as {
  readPage(directory: string): Promise<PageFile[]>;
  uploadPage(clients: Clients, bucket: string, files: PageFile[], settings: string): Promise<void>;
  sweepPage(clients: Clients, bucket: string, files: PageFile[], now: number): Promise<string[]>;
};
const emptyBucket = require('../../infra/deploy/bucket.js') as (
  clients: Clients,
  bucket: string,
) => Promise<number>;

const SETTINGS = '{"guests":true}';
const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-22T12:00:00Z');
const folders: string[] = [];
let cloud: Cloud;
let clients: Clients;

beforeAll(async () => {
  cloud = await startCloud();
  clients = await clientsFor(cloud.url);
});
beforeEach(() => {
  for (const [name, versioned] of [
    ['page', false],
    ['kept', true],
  ] as const)
    cloud.account.buckets.set(name, { region: 'eu-west-1', versioned, objects: new Map() });
});
afterEach(() => expect(cloud.refused).toEqual([]));
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await cloud.stop();
});

function written(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-page-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const bucket = (name = 'page') => cloud.account.buckets.get(name);

const keysIn = (name = 'page') => [...(bucket(name)?.objects.keys() ?? [])].sort();

describe('the files of a page', () => {
  it('come with their types, and with caching only where a change changes the name', async () => {
    const files = await readPage(written({ ...PAGE, 'robots.txt': '', 'assets/my-component.js': '' }));

    expect(files.map(({ key, contentType, cacheControl }) => [key, contentType, cacheControl])).toEqual([
      ['assets/app-AAAAAAAA.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['assets/app-BBBBBBBB.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['assets/icon-0123abcd.svg', 'image/svg+xml', 'public, max-age=31536000, immutable'],
      ['assets/my-component.js', 'text/javascript; charset=utf-8', 'no-cache'],
      ['robots.txt', 'text/plain; charset=utf-8', 'no-cache'],
      ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ]);
  });

  it.each([
    ['no page', { 'assets/app-AAAAAAAA.js': '' }, /There is no page in .*: build it, then deploy again\./],
    ['an unknown type', { ...PAGE, 'a.exe': '' }, /a\.exe has no content type: add it to/],
  ])('are refused: %s', async (_name, files, message) => {
    await expect(readPage(written(files))).rejects.toThrow(message);
  });
});

describe('an asset that the page no longer names', () => {
  const newer = { 'index.html': 'new', 'assets/app-CCCCCCCC.js': 'second()' };

  const deploy = async (files: Record<string, string>, now: number) => {
    const page = await readPage(written(files));
    await uploadPage(clients, 'page', page, SETTINGS);
    return sweepPage(clients, 'page', page, now);
  };

  it('stays for a week, as it was', async () => {
    await deploy(PAGE, NOW);

    const deleted = await deploy(newer, NOW + 90 * DAY_MS);
    const stale = objectIn(bucket(), 'assets/app-AAAAAAAA.js');

    expect(deleted).toEqual([]);
    expect(stale?.body.toString()).toBe('first()');
    expect(stale?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it('goes with the first deploy after that week, however many there were in it', async () => {
    await deploy(PAGE, NOW);
    for (const day of [0, 2, 4, 7]) await deploy(newer, NOW + day * DAY_MS);
    expect(keysIn()).toContain('assets/app-AAAAAAAA.js');

    await deploy(newer, NOW + 7 * DAY_MS + 1);

    expect(keysIn()).toEqual(['assets/app-CCCCCCCC.js', 'index.html']);
  });

  it('stays when a deploy brings it back', async () => {
    await deploy(PAGE, NOW);
    await deploy(newer, NOW);
    await deploy(PAGE, NOW + DAY_MS);

    await deploy(PAGE, NOW + 30 * DAY_MS);

    expect(keysIn()).toEqual([...Object.keys(PAGE)].sort());
  });
});

describe('a bucket is emptied', () => {
  it('of every object, page by page', async () => {
    await uploadPage(clients, 'page', await readPage(written(PAGE)), SETTINGS);

    expect(await emptyBucket(clients, 'page')).toBe(4);
    expect(keysIn()).toEqual([]);
  });

  it('of every version and delete marker', async () => {
    const page = await readPage(written(PAGE));
    await uploadPage(clients, 'kept', page, SETTINGS);
    await uploadPage(clients, 'kept', page, SETTINGS);

    expect(await emptyBucket(clients, 'kept')).toBe(8);
    expect(keysIn('kept')).toEqual([]);
  });

  it('unless it is gone already', async () => {
    expect(await emptyBucket(clients, 'gone')).toBe(0);
  });
});

it('is uploaded with index.html last', async () => {
  const before = cloud.calls.length;
  await uploadPage(clients, 'page', await readPage(written(PAGE)), SETTINGS);

  expect(cloud.calls.slice(before).map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    'PutObject page/assets/app-AAAAAAAA.js',
    'PutObject page/assets/app-BBBBBBBB.css',
    'PutObject page/assets/icon-0123abcd.svg',
    'PutObject page/index.html',
  ]);
});

it('is told its settings, of which no character ends the attribute or the tag', async () => {
  const page = await readPage(written({ 'index.html': '<meta content="%settings%">' }));

  await uploadPage(clients, 'page', page, '{"scope":"<a> & $&"}');

  const html = objectIn(bucket(), 'index.html')?.body.toString();
  expect(html).toBe('<meta content="{&quot;scope&quot;:&quot;&lt;a&gt; &amp; $&amp;&quot;}">');
});
