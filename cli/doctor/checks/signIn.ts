import { SUBPROTOCOL } from '../../../lib/protocol';
import { type Check, passed } from '../harness/check';
import { CheckFailure, expect } from '../harness/checkFailure';
import { header } from '../harness/request';
import { claimsOf } from '../harness/testClient';

export const token: Check = {
  name: 'token',
  title: 'There is a token to connect with',
  means:
    'Guests get one from /api/token under a user id of their own; with an identity provider it is in EDGE_CHAT_TOKEN.',
  remedy:
    'Set EDGE_CHAT_TOKEN to a token of your identity provider, or switch guests on (parameter `guests`). If the status is 5xx, look at the log of the function `issueGuestToken`.',
  needs: ['reach'],
  async run(deployment) {
    if (deployment.token !== undefined) return passed('The one in EDGE_CHAT_TOKEN.');
    const [ann, bo] = [await deployment.tokenOf('Ann'), await deployment.tokenOf('Bo')];
    const answer = await deployment.request(deployment.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Doctor Ann', token: ann }),
    });
    const { user } = guestIn(answer.body);
    expect(
      subjectOf(ann) !== subjectOf(bo),
      'Two guests got the same user id: answers are cached or repeated.',
    );
    expect(user === subjectOf(ann), 'A guest with an earlier token got another user id.');
    return passed('Two guests get two user ids, and a guest with an earlier token keeps the id.');
  },
};

function guestIn(body: string): { user: unknown } {
  try {
    return { user: JSON.parse(body).user.id };
  } catch {
    throw new CheckFailure('A guest with an earlier token got no new one.');
  }
}

/** Gives the user id of a JWT, which is not verified here. */
function subjectOf(jwt: string): unknown {
  return claimsOf(jwt).sub;
}

export const handshake: Check = {
  name: 'handshake',
  title: 'The handshake goes through',
  means:
    'The client asks, the server answers 101 and proves by the accept value that the edge passed on its key.',
  remedy:
    '400: the origin request policy lacks Sec-WebSocket-Key or -Version. 401: the origin header is missing. 403: it lacks Sec-WebSocket-Protocol, passes on Host, or this origin is not allowed (parameter `allowedOrigins`; --origin names another). 502: `connect` fails, see its log.',
  needs: ['token'],
  async run(deployment) {
    const answer = await deployment.handshake({ token: await deployment.tokenOf('Ann') });
    expect(answer.status === 101, `It was answered ${answer.status}.`);
    expect(
      header(answer, 'sec-websocket-accept') === answer.accept,
      'Sec-WebSocket-Accept does not belong to the key that was sent.',
    );
    const chosen = header(answer, 'sec-websocket-protocol');
    expect(
      chosen === SUBPROTOCOL,
      `The subprotocol echoed is "${chosen.slice(0, 20)}", not "${SUBPROTOCOL}" alone.`,
      '`connect` must answer with Sec-WebSocket-Protocol: chat.v1. An echoed token would end up in logs.',
    );
    return passed(`101 in ${Math.round(answer.ms)} ms, ${SUBPROTOCOL} echoed.`, {
      handshakeMs: Math.round(answer.ms),
    });
  },
};

export const badToken: Check = {
  name: 'badToken',
  title: 'A token that is not good is refused',
  means: 'The token alone decides from which user a message is.',
  remedy:
    'Take the deployment out of use until this holds, and look at the function `authorize`: it must verify each token’s signature.',
  needs: ['handshake'],
  async run(deployment) {
    const good = await deployment.tokenOf('Ann');
    const [head = '', payload = '', signature = ''] = good.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const bad = new Map([
      ['no token', undefined],
      ['a token that is none', 'not.a.token'],
      ['another signature', `${head}.${payload}.${flipped}`],
      ['no signature', `${unsigned}.${payload}.`],
    ]);
    for (const [what, jwt] of bad) {
      const { status } = await deployment.handshake(jwt === undefined ? {} : { token: jwt });
      expect(isRefusal(status), `With ${what} the handshake was answered ${status}.`);
    }
    return passed(`All refused: ${[...bad.keys()].join(', ')}.`);
  },
};

export const tokenInUrl: Check = {
  name: 'tokenInUrl',
  title: 'A token in the URL opens nothing',
  means: 'URLs end up in logs, histories and Referer headers. The token is never needed there.',
  remedy: 'The function `authorize` must take the token from the subprotocol only.',
  needs: ['handshake'],
  async run(deployment) {
    const url = new URL(deployment.socketUrl);
    for (const name of ['token', 'access_token', 'authorization', 'bearer'])
      url.searchParams.set(name, await deployment.tokenOf('Ann'));
    const { status } = await deployment.handshake({}, url);
    expect(isRefusal(status), `The handshake was answered ${status}.`);
    return passed(`Answered ${status}.`);
  },
};

export const badOrigin: Check = {
  name: 'badOrigin',
  title: 'A page of another origin is refused',
  means: 'A page of another site cannot open a socket in the name of its visitor.',
  remedy:
    'Look at the parameter `allowedOrigins` and at the function `authorize`; the edge must pass on Origin.',
  needs: ['handshake'],
  async run(deployment) {
    const good = await deployment.tokenOf('Ann');
    for (const origin of ['https://evil.example', `${deployment.origin}.evil.example`, 'null']) {
      const { status } = await deployment.handshake({ token: good, origin });
      expect(isRefusal(status), `With the origin ${origin} the handshake was answered ${status}.`);
    }
    return passed('Three foreign origins, all refused.');
  },
};

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
