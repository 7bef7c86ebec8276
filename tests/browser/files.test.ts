import type { Locator, Page, Route } from 'playwright-core';
import { findings } from './axe';
import { say, sharedSite, until, type Visit } from './site';

jest.setTimeout(90_000);

/** A camera's note of a place, as JPEG carries it. */
const PLACE = Buffer.from('Exif\0\0 51.4778 N 0.0015 W');

describe('files on the page', () => {
  const site = sharedSite({ params: { files: 'on' } });
  let visits: Visit[] = [];

  afterEach(async () => {
    for (const { page } of visits) await page.context().close();
    visits = [];
  });

  async function open(name: string, room: string): Promise<Page> {
    const visit = await site.open({ hash: `#${room}`, name });
    visits.push(visit);
    return visit.page;
  }

  const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    page.getByLabel('Attach files').setInputFiles(files);
  const stored = () => (site.stack.files?.keys() ?? []).map((key) => site.stack.files?.get(key)?.content);

  it('a picture is chosen, described, uploaded without the place that its camera noted, and shown to others', async () => {
    const [ann, ben] = [await open('Ann', 'pictures'), await open('Ben', 'pictures')];
    await choose(ann, { name: 'harbour.jpg', mimeType: 'image/jpeg', buffer: await photograph(ann) });
    await ann.getByLabel('What harbour.jpg shows').fill('A harbour at night');
    expect(await findings(ann)).toEqual([]);

    await say(ann, 'Look');

    for (const page of [ann, ben]) {
      const picture = page.getByRole('article').getByRole('img', { name: 'A harbour at night' });
      await picture.waitFor();
      expect(await picture.evaluate((each: HTMLImageElement) => [each.naturalWidth, each.width])).toEqual([
        300, 300,
      ]);
    }
    expect(await findings(ben)).toEqual([]);
    expect(stored().some((content) => content?.includes('Exif'))).toBe(false);
  });

  it('files are pasted and dropped, a refused upload is tried again, and a running one is cancelled', async () => {
    const ann = await open('Ann', 'moved');
    await ann.getByLabel('Attach files').waitFor({ state: 'attached' });
    await ann.getByRole('textbox', { name: /^Message to/ }).evaluate((box) => {
      for (const [type, name] of [
        ['paste', 'pasted.txt'],
        ['drop', 'dropped.txt'],
      ] as const) {
        const moved = new DataTransfer();
        moved.items.add(new File(['text'], name, { type: 'text/csv' }));
        const how = { bubbles: true, cancelable: true, clipboardData: moved, dataTransfer: moved };
        box.dispatchEvent(type === 'paste' ? new ClipboardEvent(type, how) : new DragEvent(type, how));
      }
    });
    await ann.getByRole('button', { name: 'Remove pasted.txt' }).click();
    let forms = 0;
    await ann.route(
      ({ origin }) => origin !== site.stack.url,
      (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        forms += 1;
        const headers = { 'access-control-allow-origin': '*' };
        return forms === 2 ? undefined : route.fulfill({ status: forms === 1 ? 403 : 204, headers });
      },
    );
    const before = stored().length;

    await say(ann, 'The text');
    await ann.getByText('Not sent. The file was not taken (HTTP 403).').waitFor();
    expect(await findings(ann)).toEqual([]);
    await ann.getByRole('button', { name: 'Try again' }).click();
    await ann.getByRole('progressbar', { name: 'Upload of The text' }).waitFor();
    expect(await findings(ann)).toEqual([]);
    await ann.getByRole('button', { name: 'Cancel', exact: true }).click();

    await ann.getByRole('list', { name: 'Uploads' }).waitFor({ state: 'detached' });
    expect([stored().length, await ann.getByText('The text').count()]).toEqual([before, 0]);
  });

  it('a file is sent without words, and saved under its name', async () => {
    const [ann, ben] = [await open('Ann', 'plans'), await open('Ben', 'plans')];
    await choose(ann, { name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await ann.getByRole('button', { name: 'Send' }).click();

    const saved = ben.waitForEvent('download');
    await ben.getByRole('button', { name: /^Save plan.pdf/ }).click();
    for (const page of [ann, ben]) {
      const row = page.getByRole('article');
      await row.getByRole('button', { name: /^Save plan.pdf/ }).waitFor();
      const [file, time] = [
        await row.locator('.message-files').boundingBox(),
        await row.locator('time').boundingBox(),
      ];
      expect(time?.y).toBeGreaterThanOrEqual((file?.y ?? 0) + (file?.height ?? 0));
      expect(await row.locator('.bubble').evaluate((each) => getComputedStyle(each).backgroundColor)).toBe(
        'rgba(0, 0, 0, 0)',
      );
    }

    expect((await saved).suggestedFilename()).toBe('plan.pdf');
    expect(await findings(ben)).toEqual([]);
  });

  it('a message does not leave without the files that the page still reads', async () => {
    const ann = await open('Ann', 'early');
    const picture = { name: 'late.jpg', mimeType: 'image/jpeg', buffer: await photograph(ann) };
    await ann.evaluate(() => {
      const read = globalThis.createImageBitmap.bind(globalThis);
      const held = new Promise<void>((release) => Reflect.set(globalThis, 'release', release));
      globalThis.createImageBitmap = (...given: [ImageBitmapSource]) => held.then(() => read(...given));
    });
    await choose(ann, picture);

    await say(ann, 'Look');

    await ann.getByText('Not sent. Your files are still being read.').waitFor();
    await ann.evaluate(() => Reflect.get(globalThis, 'release')());
    await ann.getByLabel('What late.jpg shows').waitFor();
    await ann.keyboard.press('Enter');
    await ann.getByRole('article').getByRole('button', { name: 'late.jpg' }).waitFor();
    expect(await ann.getByRole('article').count()).toBe(1);
  });

  it('pictures take their place before they come, and a gallery shows them by keyboard and on a phone', async () => {
    const phone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
    const visit = await site.open({ hash: '#gallery', name: 'Ben', browser: phone });
    visits.push(visit);
    const [ann, ben] = [await open('Ann', 'gallery'), visit.page];
    const picture = await photograph(ann);
    const named = (name: string) => ({ name, mimeType: 'image/jpeg', buffer: picture });
    let answer: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => {
      const holdFirst = async (route: Route) => {
        resolve();
        await new Promise<void>((go) => {
          answer = go;
        });
        await route.continue();
      };
      void ann.route('**/api/rooms/gallery/files/**', holdFirst, { times: 1 });
    });
    await choose(ann, named('one.jpg'));
    await ann.getByLabel('What one.jpg shows').fill('One');
    await say(ann, 'First');
    await isAsked;
    const sizes = () =>
      ann.getByRole('article').evaluateAll((rows: HTMLElement[]) =>
        rows.flatMap((row) => {
          const frame = row.querySelector<HTMLElement>('.picture');
          return frame ? [row.offsetHeight, frame.offsetWidth, frame.offsetHeight] : [];
        }),
      );
    const before = await sizes();
    answer();
    await ann.getByRole('button', { name: 'One' }).getByRole('img').waitFor();
    expect([before.slice(1), await sizes()]).toEqual([[300, 200], before]);
    await choose(ann, named('two.jpg'), named('three.jpg'));
    await ann.getByLabel('What three.jpg shows').waitFor();
    await say(ann, 'Others');

    for (const page of [ann, ben]) {
      const opener = page.getByRole('button', { name: 'One' });
      const gallery = page.getByRole('dialog', { name: 'Pictures' });
      const shows = (name: string) => gallery.getByRole('img', { name, exact: true }).waitFor();
      await page.getByRole('button', { name: 'three.jpg' }).getByRole('img').waitFor();
      const { x = 0, width = 0 } = (await opener.boundingBox()) ?? {};
      expect(x + width).toBeLessThan(page.viewportSize()?.width ?? 0);
      if (page === ben) await opener.tap();
      else await opener.press('Enter');
      await shows('One');
      await gallery.getByText('1 of 3').waitFor();
      expect(await findings(page)).toEqual([]);
      expect(await gallery.evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(false);
      for (const name of ['two.jpg', 'three.jpg', 'three.jpg']) {
        if (page === ann) await page.keyboard.press('ArrowRight');
        else if (name !== (await gallery.getByRole('img').getAttribute('alt')))
          await gallery.getByRole('button', { name: 'Next' }).tap();
        await shows(name);
      }
      await page.keyboard.press('ArrowLeft');
      await shows('two.jpg');

      await page.keyboard.press('Escape');

      await gallery.waitFor({ state: 'detached' });
      expect(await opener.evaluate((each) => each === document.activeElement)).toBe(true);
    }
  });

  it('a list shows the tile of a large picture, or the picture where its tile is none; the gallery shows the picture', async () => {
    const [ann, ben] = [await open('Ann', 'tiles'), await open('Ben', 'tiles')];
    await choose(ann, {
      name: 'large.jpg',
      mimeType: 'image/jpeg',
      buffer: await photograph(ann, 1200, 800),
    });
    await ann.getByLabel('What large.jpg shows').waitFor();
    await say(ann, 'Large');
    const opener = ben.getByRole('button', { name: 'large.jpg' });
    const widthOf = (within: Page | Locator) =>
      within
        .getByRole('img', { name: 'large.jpg' })
        .evaluate((each: HTMLImageElement) => each.decode().then(() => each.naturalWidth));
    const gallery = ben.getByRole('dialog', { name: 'Pictures' });

    expect(await widthOf(opener)).toBe(400);
    await opener.click();
    expect(await widthOf(gallery)).toBe(1200);

    const [key = ''] = site.stack.files?.keys().filter((each) => each.endsWith('.tile')) ?? [];
    const tile = site.stack.files?.get(key);
    if (!tile) throw new Error('There is no tile.');
    expect(tile.content.length).toBeLessThan(40 * 1024);
    site.stack.files?.put(key, { ...tile, content: Buffer.from('<svg onload="alert(1)"/>') });
    await ben.reload();
    await opener.getByRole('img').waitFor();
    await until('the picture is shown', async () => (await widthOf(opener)) === 1200);
  });

  it('a phone has a button for its camera, whose picture is sent', async () => {
    const phone = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
    const visit = await site.open({ hash: '#camera', name: 'Ben', browser: phone });
    visits.push(visit);
    const [ann, ben] = [await open('Ann', 'camera'), visit.page];
    const [button, camera] = [ben.getByTitle('Take a picture'), ben.getByLabel('Take a picture')];
    await camera.setInputFiles({
      name: 'image.jpg',
      mimeType: 'image/jpeg',
      buffer: await photograph(ben),
    });
    await ben.getByLabel('What image.jpg shows').waitFor();
    expect([
      await button.isVisible(),
      await ann.getByTitle('Take a picture').isVisible(),
      await camera.getAttribute('capture'),
    ]).toEqual([true, false, 'environment']);

    await ben.getByRole('button', { name: 'Send' }).tap();

    await ann.getByRole('button', { name: 'image.jpg' }).getByRole('img').waitFor();
  });

  it('a gallery closes when the message of its picture is deleted', async () => {
    const [ann, ben] = [await open('Ann', 'deleted'), await open('Ben', 'deleted')];
    for (const name of ['stays.jpg', 'gone.jpg']) {
      await choose(ann, { name, mimeType: 'image/jpeg', buffer: await photograph(ann) });
      await ann.getByLabel(`What ${name} shows`).waitFor();
      await say(ann, `This ${name}`);
      await ben.getByRole('button', { name }).getByRole('img').waitFor();
    }
    const gallery = ben.getByRole('dialog', { name: 'Pictures' });
    await ben.getByRole('button', { name: 'stays.jpg' }).click();
    await ben.keyboard.press('ArrowRight');
    await gallery.getByRole('img', { name: 'gone.jpg' }).waitFor();

    const actions = ann.getByRole('button', { name: /^Actions for the message of You/ });
    await actions.last().click();
    await ann.getByRole('menuitem', { name: 'Delete' }).click();

    await gallery.waitFor({ state: 'detached', timeout: 30_000 });
    await ben.getByRole('button', { name: 'stays.jpg' }).click();
    await gallery.getByRole('img', { name: 'stays.jpg' }).waitFor();
  });
});

/** A picture with the note of a place. A large one is of many colours, as a photograph is. */
async function photograph(page: Page, width = 300, height = 200): Promise<Buffer> {
  const address = await page.evaluate(
    ([across, down]) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [across, down];
      const pen = canvas.getContext('2d');
      pen?.fillRect(20, 20, 100, 100);
      for (let x = 300; x < across; x += 8)
        for (let y = 0; y < down; y += 8) {
          if (pen) pen.fillStyle = `hsl(${(x * y) % 360} 60% ${30 + ((x * 7 + y * 13) % 50)}%)`;
          pen?.fillRect(x, y, 8, 8);
        }
      return canvas.toDataURL('image/jpeg');
    },
    [width, height] as const,
  );
  const picture = Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
  const note = Buffer.concat([Buffer.of(0xff, 0xe1, 0, PLACE.length + 2), PLACE]);
  return Buffer.concat([picture.subarray(0, 2), note, picture.subarray(2)]);
}
