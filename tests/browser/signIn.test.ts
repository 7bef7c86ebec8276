import type { Page } from 'playwright-core';
import { NEW_KEYS_MS, opened, person, signIn, signInButton } from './signInSteps';
import { message, say, sharedSite, startSite, tryNow, until, type Visit } from './site';

jest.setTimeout(60_000);

/** Long enough for a slow machine to sign in, short enough to see a token renewed. */
const TOKEN_SECONDS = 16;
/** The time in which a token is renewed and its connection replaced. */
const RENEWAL_MS = 30_000;
const DAY_MS = 86_400_000;

const stored = (page: Page, key: string) =>
  page.evaluate((name) => JSON.parse(localStorage.getItem(`edge-chat.${name}`) ?? 'null'), key);

const tokenOf = async (page: Page): Promise<string> => (await stored(page, 'account')).token;

/** Opens the page as after a time in which the token has ended. */
async function comeBackLater(page: Page): Promise<void> {
  await page.evaluate((ms) => {
    const { from, until, ...account } = JSON.parse(localStorage.getItem('edge-chat.account') ?? '');
    const aged = { ...account, from: from - ms, until: until - ms };
    localStorage.setItem('edge-chat.account', JSON.stringify(aged));
  }, DAY_MS);
  await page.reload();
}

async function renewed(page: Page, before: string): Promise<void> {
  await until('the token is another', async () => (await tokenOf(page)) !== before, RENEWAL_MS);
}

async function delivered(page: Page, text: string): Promise<void> {
  await say(page, text);
  await message(page, text).getByText('sent', { exact: true }).waitFor();
}

/** Reads the header of a JWT, part 0, or its claims, part 1. */
function partOf(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString());
}

describe('a team with its own identity provider', () => {
  const site = sharedSite({ params: { guests: 'off' }, signIn: { tokenSeconds: TOKEN_SECONDS } });
  let ann: Visit;

  const provider = () => {
    const { provider } = site.stack;
    if (!provider) throw new Error('The stack has no provider.');
    return provider;
  };

  beforeEach(async () => {
    ann = await site.open({ hash: '#design' });
    await signIn(ann.page, 'Ann Archer');
  });
  afterEach(() => ann.page.context().close());

  it('signs in, comes back to the room of the link, and leaves no code in the address', async () => {
    await delivered(ann.page, 'signed in');

    expect(ann.page.url()).toBe(`${site.stack.url}/#design`);
    expect(await ann.page.locator('.me').textContent()).toContain('Ann Archer');
    expect((await stored(ann.page, 'account')).user).toEqual({ id: 'ann', name: 'Ann Archer' });
    expect(await ann.page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('stays signed in through a reload, and in a second tab', async () => {
    await ann.page.reload();
    await opened(ann.page);
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#design`);
    await opened(second);

    await delivered(second, 'from the second tab');
    await message(ann.page, 'from the second tab').waitFor();
  });

  it('renews the token in two tabs at once, and the chat does not notice, even with new keys', async () => {
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#design`);
    await opened(second);
    const before = await tokenOf(ann.page);
    const seen = new Set<string>();
    await ann.page.exposeFunction('tellBanner', (text: string) => seen.add(text));
    await ann.page.evaluate(() => {
      const frame = document.querySelector('.banner-frame');
      const tell = Reflect.get(globalThis, 'tellBanner');
      if (frame) new MutationObserver(() => tell(frame.textContent)).observe(frame, { childList: true });
    });

    await provider().changeKeys();
    await renewed(ann.page, before);
    const after = await tokenOf(ann.page);
    await renewed(ann.page, after);

    await delivered(ann.page, 'with a new token');
    await message(second, 'with a new token').waitFor();
    await delivered(second, 'from both tabs');
    expect(partOf(after, 0).kid).not.toBe(partOf(before, 0).kid);
    expect([...seen].filter(Boolean)).toEqual([]);
  });

  it('renews once for two tabs that come back together', async () => {
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#design`);
    await opened(second);
    let renewals = 0;
    ann.page.context().on('request', (request) => {
      if (request.url() === `${provider().url}/token`) renewals++;
    });

    await Promise.all([comeBackLater(ann.page), second.reload()]);
    await Promise.all([opened(ann.page), opened(second)]);

    expect(renewals).toBe(1);
  });

  it('signs out in every tab, and at the provider', async () => {
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#design`);
    await opened(second);
    const { refreshToken } = await stored(ann.page, 'account');

    await ann.page.getByRole('button', { name: 'Sign out' }).click();
    await second.getByText(/^You signed out in another tab/).waitFor();
    // The provider's own session still stands, so the page has revoked the token.
    await person(ann.page, 'Sign out').waitFor();
    const answer = await fetch(`${provider().url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: 'edge-chat-page',
      }),
    });
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });

    await person(ann.page, 'Sign out').click();
    await signInButton(ann.page).waitFor();
    expect(ann.page.url()).toBe(`${site.stack.url}/`);
    expect(await second.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await signIn(ann.page, 'Ben Baker');
    expect(await ann.page.locator('.me').textContent()).toContain('Ben Baker');
  });

  it('asks to sign in again once the session has ended, and keeps what was not sent', async () => {
    await provider().stop();
    await provider().start();
    await comeBackLater(ann.page);
    await ann.page.getByText('Your sign-in has ended.').waitFor();
    await say(ann.page, 'written meanwhile');

    await ann.page.getByRole('button', { name: 'Sign in again' }).click();
    await signIn(ann.page, 'Ann Archer');
    const box = ann.page.getByRole('textbox', { name: /^Message to/ });
    expect(await box.inputValue()).toBe('written meanwhile');
    await box.press('Enter');
    await message(ann.page, 'written meanwhile')
      .getByText('sent', { exact: true })
      .waitFor({ timeout: NEW_KEYS_MS });
  });

  it('goes on after the provider was out of reach', async () => {
    await ann.page.route(`${provider().url}/**`, (route) => route.abort());
    await comeBackLater(ann.page);
    await ann.page.getByText('The server could not sign you in.').waitFor();
    await say(ann.page, 'written out of reach');

    await ann.page.unroute(`${provider().url}/**`);
    await tryNow(ann.page);
    await message(ann.page, 'written out of reach').getByText('sent', { exact: true }).waitFor();
  });
});

describe('a sign-in that does not succeed', () => {
  const site = sharedSite({ params: { guests: 'off' }, signIn: {} });
  let visit: Visit;

  beforeEach(async () => {
    visit = await site.open();
  });
  afterEach(() => visit.page.context().close());

  const says = (text: string) => visit.page.getByRole('alert').filter({ hasText: text }).waitFor();

  it('says so when the user turns back, and succeeds at the next try', async () => {
    await signInButton(visit.page).click();
    await person(visit.page, 'Cancel').click();
    await says('You were not signed in');

    await signIn(visit.page, 'Ben Baker');
  });

  it('says that the provider is down', async () => {
    await site.stack.provider?.stop();
    await signInButton(visit.page).click();
    await says('The sign-in service cannot be reached.');

    await site.stack.provider?.start();
    await signIn(visit.page, 'Ann Archer');
  });

  /** Loads the page with another setting from its deployment, as a wrong parameter would give it. */
  const deployWith = async (page: Page, setting: string, wrong: string): Promise<void> => {
    await page.addInitScript(
      ([from, to]) => {
        new MutationObserver((_changes, observer) => {
          const meta = document.querySelector('meta[name="edge-chat:settings"]');
          if (!meta) return;
          observer.disconnect();
          meta.setAttribute('content', meta.getAttribute('content')?.replace(from, to) ?? '');
        }).observe(document, { childList: true, subtree: true });
      },
      [setting, wrong] as const,
    );
    await page.reload();
  };

  it.each([
    [
      'does not know this client',
      '/token',
      { postData: (body: string) => body.replace('edge-chat-page', 'x') },
      'invalid_client',
    ],
    [
      'does not take what the page asks for',
      '/auth?',
      { url: (url: string) => url.replace('method=S256', 'method=none') },
      'invalid_request',
    ],
  ])('says what the operator has to know when the provider %s', async (_name, path, change, code) => {
    await visit.page.route(
      (url) => url.href.startsWith(`${site.stack.provider?.url}${path}`),
      (route, request) =>
        route.continue({
          ...('url' in change && { url: change.url(request.url()) }),
          ...('postData' in change && { postData: change.postData(request.postData() ?? '') }),
        }),
    );
    await signInButton(visit.page).click();
    if (path === '/token') await person(visit.page, 'Ben Baker').click();

    await says(`Tell its operator: ${code}.`);
    expect(visit.page.url()).toBe(`${site.stack.url}/`);
  });

  it('says that the server refuses the kind of token that the page sends', async () => {
    await deployWith(visit.page, '"access"', '"id"');

    await signInButton(visit.page).click();
    await person(visit.page, 'Ben Baker').click();

    await visit.page.getByText('The server cannot be reached, or refused the connection.').waitFor();
  });

  it.each([
    ['an answer that this tab has not asked for', '?code=x&state=y', 'This sign-in is too old'],
    ['an error that this tab has not asked for', '?error=%3Cb%3E&state=y', 'This sign-in is too old'],
  ])('takes no notice of %s', async (_name, query, text) => {
    await visit.page.goto(`${site.stack.url}/${query}`);

    await says(text);
    expect(visit.page.url()).toBe(`${site.stack.url}/`);
  });

  it.each([-3, 3])('works on a device whose clock is wrong by %i days', async (days) => {
    await visit.page.addInitScript((offset) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given: [number]) {
          super(...(given.length > 0 ? given : ([Real.now() + offset] as [number])));
        }
        static override now() {
          return Real.now() + offset;
        }
      } as DateConstructor;
    }, days * DAY_MS);
    await visit.page.reload();

    await signIn(visit.page, 'Ann Archer');
    await delivered(visit.page, `${days} days off`);
    await visit.page.reload();
    await opened(visit.page);
  });

  it('lets a user who may only read, read', async () => {
    await signIn(visit.page, 'Cleo Carter');

    await say(visit.page, 'may I?');
    await visit.page.getByText('may I?').waitFor();
    await visit.page.getByRole('button', { name: 'Discard' }).waitFor();
  });
});

describe('guests and users of the provider', () => {
  const site = sharedSite({ signIn: {} });

  it('chat side by side, a guest is marked, and a role is shown', async () => {
    const [ann, guest] = await Promise.all([site.open(), site.open()]);
    await signIn(ann.page, 'Ann Archer');
    await guest.page.getByLabel('Your name').fill('Ann Archer');
    await guest.page.getByRole('button', { name: 'Join as a guest' }).click();
    await opened(guest.page);
    await say(guest.page, 'I am Ann, really');

    const row = message(ann.page, 'I am Ann, really');
    await row.getByText('guest', { exact: true }).waitFor();
    expect(await ann.page.locator('.me').getByText('guest', { exact: true }).count()).toBe(0);
    expect(await ann.page.getByRole('button', { name: 'Change name' }).count()).toBe(0);

    await say(ann.page, 'I am');
    await message(guest.page, 'I am').getByText('moderator', { exact: true }).waitFor();

    await signOutGuest(guest.page);
  });

  it('leaves nothing of the guest when the guest signs in', async () => {
    const visit = await site.open();
    await visit.page.getByLabel('Your name').fill('Nobody');
    await visit.page.getByRole('button', { name: 'Join as a guest' }).click();
    await opened(visit.page);
    await visit.page.getByRole('button', { name: 'Change name' }).click();

    await signIn(visit.page, 'Ben Baker');

    expect(await stored(visit.page, 'guest')).toBeNull();
    expect(await visit.page.locator('.me').textContent()).toContain('Ben Baker');
  });

  async function signOutGuest(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Your name').waitFor();
  }
});

it.each([
  ['access', 'urn:edge-chat'],
  ['id', 'edge-chat-page'],
])('connects with the %s token, and sends no token in an address', async (oidcToken, audience) => {
  const site = await startSite({ params: { guests: 'off', oidcToken }, signIn: {} });
  try {
    const visit = await site.open();
    const addresses: string[] = [];
    visit.page.on('request', (request) => addresses.push(request.url(), request.headers().referer ?? ''));
    visit.page.on('websocket', (socket) => addresses.push(socket.url()));
    await signIn(visit.page, 'Ann Archer');
    const { token, refreshToken } = await stored(visit.page, 'account');
    await visit.page.reload();
    await opened(visit.page);
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    await person(visit.page, 'Sign out').click();
    await signInButton(visit.page).waitFor();

    const all = addresses.join('\n');
    expect(all).toContain('code=');
    expect(all).toContain('/session/end');
    expect(partOf(token, 1)).toMatchObject({ aud: audience });
    for (const secret of [token, refreshToken, 'eyJ']) expect(all).not.toContain(secret);
  } finally {
    await site.stop();
  }
});
