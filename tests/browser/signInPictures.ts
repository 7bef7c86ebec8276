import type { BrowserContextOptions } from 'playwright-core';
import type { Picture } from './livingScreenshots';
import { opened, person, signIn, signInButton } from './signInSteps';
import { message, say, startSite } from './site';

const SIZE = { width: 560, height: 620 };
const BROWSER: BrowserContextOptions = { deviceScaleFactor: 2, reducedMotion: 'reduce', viewport: SIZE };

/** Takes the pictures of a sign-in and of the moderator's view, on a site with a provider of its own. */
export async function signInPictures(): Promise<{ 'sign-in': Picture[]; moderation: Picture[] }> {
  const site = await startSite({ signIn: {}, params: { guests: 'off' } });
  try {
    const { page: ben } = await site.open({ browser: BROWSER });
    await signIn(ben, 'Ben Baker');
    await say(ben, 'Buy two, get one free: example.com');

    const { page: ann } = await site.open({ browser: BROWSER });
    const picture = async (): Promise<Picture> => ({ png: await ann.screenshot(), width: SIZE.width });
    await signInButton(ann).waitFor();
    const card = await picture();
    await signInButton(ann).click();
    await person(ann, 'Ann Archer').waitFor();
    const provider = await picture();
    await person(ann, 'Ann Archer').click();
    await opened(ann);

    await message(ann, 'Buy two, get one free: example.com').hover();
    await message(ann, 'Buy two, get one free: example.com')
      .getByRole('button', { name: /^Actions/ })
      .click();
    const menu = await picture();
    await ann.getByRole('menuitem', { name: 'Remove author' }).click();
    await ann.getByRole('dialog', { name: 'Moderate' }).getByText('Ann Archer').waitFor();
    return { 'sign-in': [card, provider], moderation: [menu, await picture()] };
  } finally {
    await site.stop();
  }
}
