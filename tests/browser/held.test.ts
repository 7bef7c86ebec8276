import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findings } from './axe';
import { signIn } from './signInSteps';
import { join, message, say, sharedSite, type Visit } from './site';

jest.setTimeout(90_000);

const folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-reviewer-'));
const reviewer = path.join(folder, 'reviewer.mjs');
writeFileSync(
  reviewer,
  "export const handler = async ({ text }) => ({ verdict: text.startsWith('offer') ? 'hold' : 'allow' });",
);
afterAll(() => rmSync(folder, { recursive: true }));

describe('a held message', () => {
  const site = sharedSite({ signIn: {}, reviewer });
  let ann: Visit;
  let gus: Visit;

  beforeAll(async () => {
    [ann, gus] = [await site.open(), await site.open()];
    await signIn(ann.page, 'Ann Archer');
    await join(gus.page, 'Gus');
    await say(ann.page, 'hello');
    for (const text of ['offer one', 'offer two']) {
      await gus.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await gus.page.keyboard.press('Enter');
      await gus.page.getByText(text).waitFor();
    }
    await gus.page.getByText('This waits for a moderator.').nth(1).waitFor();
  });

  it('is allowed or denied by a moderator, and takes the place of the unsent one after a reload', async () => {
    await gus.page.reload();
    await message(gus.page, 'hello').waitFor();
    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    const list = ann.page.getByRole('list', { name: 'Waiting for a moderator' });
    const line = (text: string) => list.getByRole('listitem').filter({ hasText: text });
    await line('offer one').getByText('Gus').waitFor();
    expect(await findings(ann.page)).toEqual([]);

    await line('offer one').getByRole('button', { name: 'Allow' }).click();
    await line('offer one').waitFor({ state: 'detached' });
    await line('offer two').getByRole('button', { name: 'Deny' }).click();
    await list.waitFor({ state: 'detached' });

    await message(gus.page, 'offer one').waitFor();
    expect(await gus.page.getByText('offer one').count()).toBe(1);
    expect(await gus.page.getByRole('button', { name: 'Discard' }).count()).toBe(0);
    await gus.page.getByRole('button', { name: 'Check again' }).click();
    await gus.page.getByText('The review of this room refused these words.').waitFor();
    await gus.page.getByRole('button', { name: 'Discard' }).click();
    await gus.page.getByText('offer two').waitFor({ state: 'detached' });
  });
});
