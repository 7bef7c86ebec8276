import type { Page } from 'playwright-core';
import { LOOKS, type Picture } from './livingScreenshots';
import { message, type Site, say, startSite } from './site';

/** The colours of sky, sun and ground. */
const VIEWS: Record<string, readonly [sky: string, sun: string, ground: string]> = {
  'harbour.jpg': ['#23395d', '#f4c95d', '#16213a'],
  'ridge.jpg': ['#f6b26b', '#fff2cc', '#7a4b3a'],
  'dunes.jpg': ['#9fc5e8', '#fff7d6', '#e0b56a'],
};

/** Draws a view as a photograph. */
async function viewOf(page: Page, name: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const address = await page.evaluate(([sky = '', sun = '', ground = '']) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [960, 600];
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('This browser draws nothing.');
    const fade = pen.createLinearGradient(0, 0, 0, 420);
    fade.addColorStop(0, sky);
    fade.addColorStop(1, sun);
    pen.fillStyle = fade;
    pen.fillRect(0, 0, 960, 600);
    pen.fillStyle = sun;
    pen.beginPath();
    pen.arc(660, 250, 60, 0, 7);
    pen.fill();
    pen.fillStyle = ground;
    pen.beginPath();
    pen.moveTo(0, 600);
    for (let x = 0; x <= 960; x += 8) pen.lineTo(x, 420 + 40 * Math.sin(x / 110) + 18 * Math.sin(x / 37));
    pen.lineTo(960, 600);
    pen.fill();
    return canvas.toDataURL('image/jpeg', 0.9);
  }, VIEWS[name] ?? []);
  return {
    name,
    mimeType: 'image/jpeg',
    buffer: Buffer.from(address.slice(address.indexOf(',') + 1), 'base64'),
  };
}

/** The pictures of files and of the gallery, by the names of their files. */
export async function filesPictures(): Promise<Record<string, Picture[]>> {
  const site = await startSite({ params: { files: 'on' } });
  try {
    await fillRoom(site);
    const files: Picture[] = [];
    const gallery: Picture[] = [];
    for (const look of LOOKS) {
      const browser = { deviceScaleFactor: 2, reducedMotion: 'reduce' as const, ...look };
      const { page } = await site.open({ name: 'Ann', hash: '#outing', browser });
      const width = look.viewport?.width ?? 0;
      await page.getByRole('button', { name: 'dunes.jpg' }).getByRole('img').waitFor();
      await page.route(
        ({ origin }) => origin !== site.stack.url,
        (route) => (route.request().method() === 'POST' ? undefined : route.continue()),
      );
      const choose = async (name: string) =>
        page.getByLabel('Attach files').setInputFiles(await viewOf(page, name));
      await choose('harbour.jpg');
      await page.getByLabel('What harbour.jpg shows').waitFor();
      await page.getByRole('textbox', { name: /^Message to/ }).fill('And mine');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('progressbar', { name: 'Upload of And mine' }).waitFor();
      await choose('ridge.jpg');
      await page.getByLabel('What ridge.jpg shows').fill('The ridge in the evening');
      await page.getByRole('button', { name: 'Save plan.pdf' }).waitFor();
      files.push({ png: await page.screenshot(), width });

      await page.getByRole('button', { name: 'The harbour at night' }).click();
      await page.getByRole('dialog', { name: 'Pictures' }).getByRole('img').waitFor();
      gallery.push({ png: await page.screenshot(), width });
      await page.context().close();
    }
    return { files, gallery };
  } finally {
    await site.stop();
  }
}

/** A described picture, two others in a row, and a file of another kind. */
async function fillRoom(site: Site): Promise<void> {
  const { page } = await site.open({ name: 'Ben', hash: '#outing' });
  const input = page.getByLabel('Attach files');
  await input.setInputFiles(await viewOf(page, 'harbour.jpg'));
  await page.getByLabel('What harbour.jpg shows').fill('The harbour at night');
  await say(page, 'Our first evening');
  await message(page, 'Our first evening').waitFor();
  await input.setInputFiles([await viewOf(page, 'ridge.jpg'), await viewOf(page, 'dunes.jpg')]);
  await page.getByLabel('What dunes.jpg shows').waitFor();
  await say(page, 'Two more of the walk');
  await message(page, 'Two more of the walk').waitFor();
  await input.setInputFiles({
    name: 'plan.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.alloc(48_213, '%PDF-1.7 '),
  });
  await page.getByRole('button', { name: 'Remove plan.pdf' }).waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('button', { name: /^Save plan.pdf/ }).waitFor();
  await page.context().close();
}
