import { type Check, passed, skipped } from '../harness/check';
import { expect } from '../harness/checkFailure';
import type { Deployment } from '../harness/deployment';

const ORIGIN_HEADER = 'X-Edge-Chat-Origin';
const LOCK = 'Deploy again: CloudFront adds the origin header, and both APIs must check it (OriginSecret).';

export const direct: Check = {
  name: 'direct',
  title: 'Nothing reaches the APIs past CloudFront',
  means:
    'The APIs have public names of their own. A client that could use them would bypass the firewall and the limits of CloudFront.',
  remedy: LOCK,
  needs: ['handshake'],
  async run(deployment) {
    if (deployment.apis.length === 0)
      return skipped(
        'Give the APIs’ own addresses: --api wss://ID.execute-api.REGION.amazonaws.com/ws, and the HTTP API’s with https.',
      );
    for (const url of deployment.apis)
      await (/^ws/.test(url.protocol) ? lockedSocket : lockedApi)(deployment, url);
    return passed(
      `${deployment.apis.map(({ host }) => host).join(', ')}: closed without the secret, and with a guess.`,
    );
  },
};

async function lockedSocket(deployment: Deployment, url: URL): Promise<void> {
  const token = await deployment.tokenOf('Ann');
  const bare = await deployment.handshake({ token }, url);
  expect(bare.status !== 101, `${url.host} let a client in that did not come through CloudFront.`);
  expect(
    bare.status === 401,
    `${url.host} answered ${bare.status}; a WebSocket API that wants the origin header answers 401.`,
    `Look at the address: it ends with the stage, /ws. ${LOCK}`,
  );
  const guessed = await deployment.handshake({ token, headers: { [ORIGIN_HEADER]: 'guessed' } }, url);
  expect(guessed.status === 403, `${url.host} answered ${guessed.status} to a guessed secret.`);
}

async function lockedApi(deployment: Deployment, url: URL): Promise<void> {
  for (const secret of [{}, { [ORIGIN_HEADER]: 'guessed' }]) {
    const { status, body } = await deployment.request(new URL('/api/token', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...secret },
      body: '{"name":"Doctor"}',
    });
    expect(status >= 400, `${url.host} gave a token to a client that did not come through CloudFront.`);
    expect(
      status === 403 && /"code":\s*"forbidden"/.test(body),
      `${url.host} answered ${status}, and not as this stack’s HTTP API does.`,
      `Look at the address: an https one is the HTTP API’s, wss the WebSocket API’s. ${LOCK}`,
    );
  }
}
