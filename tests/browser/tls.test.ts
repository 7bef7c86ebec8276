import { message, say, sharedSite } from './site';

jest.setTimeout(60_000);

const browser = { ignoreHTTPSErrors: true };

describe('the page by TLS', () => {
  const site = sharedSite({ tls: true });

  it('comes by HTTP/2, and two people chat by wss', async () => {
    const [ann, ben] = await Promise.all([
      site.open({ name: 'Ann', browser }),
      site.open({ name: 'Ben', browser }),
    ]);
    const socket = ben.page.waitForEvent('websocket');
    await ben.page.reload();
    await ben.page.getByText('Here now 2').waitFor();

    await say(ann.page, 'by TLS');

    await message(ben.page, 'by TLS').waitFor();
    expect((await socket).url()).toMatch(/^wss:/);
    const protocol = ben.page.evaluate(() => {
      const [page] = performance.getEntriesByType('navigation');
      return page instanceof PerformanceNavigationTiming && page.nextHopProtocol;
    });
    expect(await protocol).toBe('h2');
  });
});
