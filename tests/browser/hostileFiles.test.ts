import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { fitName } from '../../client/files/fitForServer';
import { HOSTILE_CONTENTS, HOSTILE_NAMES, type HostileFile } from '../adversarial/corpus/files';
import { figure } from '../support/figures';
import { sharedSite, type Visit } from './site';

jest.setTimeout(180_000);

/** What became of a file. */
interface Fate {
  seq: number;
  id: string;
  page?: string;
  bucket?: string;
}

describe('hostile files', () => {
  const site = sharedSite({ params: { files: 'on' } });
  let visit: Visit;
  let token: string;
  const executed: string[] = [];

  beforeAll(async () => {
    const body = JSON.stringify({ name: 'Mallory' });
    const answer = await fetch(`${site.stack.url}/api/token`, { method: 'POST', body });
    ({ token } = (await answer.json()) as { token: string });
    visit = await site.open({ hash: '#hostile', name: 'Ben' });
    await visit.page.context().exposeFunction('executed', (where: string) => executed.push(where));
    visit.page.context().on('page', (page) => page.on('dialog', () => executed.push('dialog')));
  });

  /** Asks, and again when the server says so: thirty files may put their user into debt. */
  async function call(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${site.stack.url}/api/rooms/hostile/${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status !== 429) return answer;
    await delay(1000 * Number(answer.headers.get('retry-after')));
    return call(method, path, body);
  }

  const ask = ({ name, type, content }: Omit<HostileFile, 'what'>) =>
    call('POST', 'uploads', {
      name,
      type,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('base64'),
    });

  async function upload(file: HostileFile): Promise<string> {
    const { id, url, fields } = (await (await ask(file)).json()) as {
      id: string;
      url: string;
      fields: Record<string, string>;
    };
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([new Uint8Array(file.content)]));
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
    return id;
  }

  async function sendAll(files: readonly HostileFile[]): Promise<Fate[]> {
    const fates: Fate[] = [];
    for (let from = 0; from < files.length; from += 10) {
      const ids = await Promise.all(files.slice(from, from + 10).map(upload));
      const answer = await call('POST', 'messages', { id: `hostile-${from}`, text: 'Look', files: ids });
      expect(answer.status).toBe(201);
      const { seq } = (await answer.json()) as { seq: number };
      fates.push(...ids.map((id) => ({ seq, id })));
    }
    return fates;
  }

  /** Shows or saves a file as the reader does. */
  async function readOnPage(page: Page, file: HostileFile): Promise<string> {
    const button = page.getByRole('button', { name: `Save ${file.name}` });
    const picture = page.getByRole('img', { name: file.name });
    const shown = button.or(picture).or(page.getByText(`${file.name}: This browser`));
    await page.locator('.message-files li').nth(HOSTILE_CONTENTS.indexOf(file)).scrollIntoViewIfNeeded();
    await shown.first().waitFor();
    if (await picture.isVisible()) return 'shown as a picture';
    if (!(await button.isVisible())) return 'not shown';
    const saved = page.waitForEvent('download');
    await button.click();
    return `saved as ${(await saved).suggestedFilename()}`;
  }

  /** Opens the address in the bucket as a page of its own. */
  async function openInBucket({ seq, id }: Fate): Promise<string> {
    const location = (await call('GET', `files/${seq}/${id}`)).headers.get('location') ?? '';
    const page = await visit.page.context().newPage();
    try {
      const saved = page.waitForEvent('download');
      const opened = page.goto(location).then(
        () => 'opened',
        () => 'saved',
      );
      return await Promise.race([saved.then(() => 'saved'), opened]);
    } finally {
      await page.close();
    }
  }

  it('run nothing on the page and in the bucket’s host, and are saved', async () => {
    const { page, offences } = visit;
    const fates = await sendAll(HOSTILE_CONTENTS);
    await page.locator('.message-files').nth(2).waitFor();

    for (const [i, file] of HOSTILE_CONTENTS.entries()) {
      const fate = fates[i];
      if (!fate) throw new Error('A file has no fate.');
      fate.page = await readOnPage(page, file);
      fate.bucket = await openInBucket(fate);
      figure(
        `${file.what} (${file.type})`,
        `${fate.page}; in the bucket ${fate.bucket}; executed ${executed.length}`,
      );
    }

    const measured = HOSTILE_CONTENTS.map(
      ({ what, type }, i) =>
        `| ${what} | \`${type}\` | ${fates[i]?.page?.replace(/^saved as .*/, 'saved')} | ${fates[i]?.bucket} |`,
    );
    expect(fates.map(({ bucket }) => bucket)).toEqual(HOSTILE_CONTENTS.map(() => 'saved'));
    expect(readFileSync('docs/hostile-files.md', 'utf8')).toContain(measured.join('\n'));
    expect([executed, offences, page.context().pages().length]).toEqual([[], [], 1]);
  });

  it.each(HOSTILE_NAMES)(
    'a name with %s is refused, and the client sends a harmless one',
    async (what, name, fit) => {
      const answer = await ask({ name, type: 'text/plain', content: Buffer.from('x') });

      expect(readFileSync('docs/hostile-files.md', 'utf8')).toContain(`| ${what} | \`${fit}\` |\n`);
      figure(`a name with ${what}`, `refused (${answer.status}); the client sends ${fitName(name)}`);
      expect([answer.status, fitName(name)]).toEqual([400, fit]);
      expect((await ask({ name: fit, type: 'text/plain', content: Buffer.from('x') })).status).toBe(201);
    },
  );
});
