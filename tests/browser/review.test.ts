import path from 'node:path';
import { root } from '../local/support';
import { message, say, sharedSite, sharedVisits } from './site';

jest.setTimeout(90_000);

describe('a page whose words are reviewed', () => {
  const site = sharedSite({ reviewer: path.join(root, 'examples', 'reviewer', 'reviewer.mjs') });
  const [ann, ben] = sharedVisits(site, 'Ann', 'Ben');

  it('tells the author why a message was refused, and offers to discard it', async () => {
    await say(ann.page, 'See https://example.com');
    await ann.page.getByText('Not sent. Guests cannot send links.').waitFor();
    await say(ann.page, 'Then without a link');

    await message(ben.page, 'Then without a link').waitFor();
    expect(await message(ben.page, 'See https://example.com').count()).toBe(0);
    await ann.page.getByRole('button', { name: 'Discard' }).click();
    await ann.page.getByText('Not sent.').waitFor({ state: 'detached' });
  });

  it('shows the author the words that replace their own', async () => {
    await say(ann.page, 'What the heck');

    for (const { page } of [ann, ben]) await message(page, 'What the ****').waitFor();
    expect(await message(ann.page, 'What the heck').count()).toBe(0);
  });
});
