import type { Site } from '../target';
import { type Check, expect, passed, skipped } from '../types';

const ORIGIN_HEADER = 'X-Edge-Chat-Origin';
const LOCK = 'Deploy again: CloudFront adds the origin header, and both APIs must check it (OriginSecret).';

export const direct: Check = {
  name: 'direct',
  title: 'Past the edge nothing gets in',
  means:
    'The APIs have public names of their own. Whoever could use them would go round the firewall and the limits of the edge.',
  mend: LOCK,
  needs: ['handshake'],
  async run(site) {
    if (site.apis.length === 0)
      return skipped(
        'Give the APIs’ own addresses: --api wss://ID.execute-api.REGION.amazonaws.com/ws, and the HTTP API’s with https.',
      );
    for (const url of site.apis) await (/^ws/.test(url.protocol) ? lockedSocket : lockedApi)(site, url);
    return passed(
      `${site.apis.map(({ host }) => host).join(', ')}: closed without the secret, and with a guess.`,
    );
  },
};

async function lockedSocket(site: Site, url: URL): Promise<void> {
  const token = await site.tokenOf('Ann');
  const bare = await site.shake({ token }, url);
  expect(bare.status !== 101, `${url.host} let a client in that had not come through the edge.`);
  expect(
    bare.status === 401,
    `${url.host} answered ${bare.status}; a WebSocket API that wants the origin header answers 401.`,
    `Look at the address: it ends with the stage, /ws. ${LOCK}`,
  );
  const guessed = await site.shake({ token, headers: { [ORIGIN_HEADER]: 'guessed' } }, url);
  expect(guessed.status === 403, `${url.host} answered ${guessed.status} to a guessed secret.`);
}

async function lockedApi(site: Site, url: URL): Promise<void> {
  for (const secret of [{}, { [ORIGIN_HEADER]: 'guessed' }]) {
    const { status, body } = await site.ask(new URL('/api/token', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...secret },
      body: '{"name":"Doctor"}',
    });
    expect(status >= 400, `${url.host} gave a token to a client that had not come through the edge.`);
    expect(
      status === 403 && /"code":\s*"forbidden"/.test(body),
      `${url.host} answered ${status}, and not as this stack’s HTTP API does.`,
      `Look at the address: an https one is the HTTP API’s, wss the WebSocket API’s. ${LOCK}`,
    );
  }
}
