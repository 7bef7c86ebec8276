import { SUBPROTOCOL } from '../../../lib/protocol';
import { header } from '../request';
import { type Check, expect, Failed, passed } from '../types';

export const token: Check = {
  name: 'token',
  title: 'There is a token to come in with',
  means:
    'Guests get one from /api/token under a user id of their own; with an identity provider it is in EDGE_CHAT_TOKEN.',
  mend: 'Set EDGE_CHAT_TOKEN to a token of your identity provider, or switch guests on (parameter `guests`). 5xx: look at the log of the function `issueGuestToken`.',
  needs: ['reach'],
  async run(site) {
    if (site.token !== undefined) return passed('The one in EDGE_CHAT_TOKEN.');
    const [ann, bo] = [await site.tokenOf('Ann'), await site.tokenOf('Bo')];
    const answer = await site.ask(site.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Doctor Ann', token: ann }),
    });
    const { user } = guestIn(answer.body);
    expect(
      subjectOf(ann) !== subjectOf(bo),
      'Two guests got the same user id: answers are cached or repeated.',
    );
    expect(user === subjectOf(ann), 'A guest who brought the old token got another user id.');
    return passed('Two guests are two people, and who brings the old token stays the same.');
  },
};

function guestIn(body: string): { user: unknown } {
  try {
    return { user: JSON.parse(body).user.id };
  } catch {
    throw new Failed('A guest who brought the old token got no new one.');
  }
}

/** Whom a JWT speaks of; nothing is verified here. */
function subjectOf(jwt: string): unknown {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString() || '{}').sub;
}

export const handshake: Check = {
  name: 'handshake',
  title: 'The handshake goes through',
  means:
    'The client asks, the server answers 101 and proves by the accept value that the edge passed on its key.',
  mend: '400: the origin request policy lacks Sec-WebSocket-Key or -Version. 401: the origin header is missing. 403: it lacks Sec-WebSocket-Protocol, passes on Host, or this origin is not allowed (parameter `allowedOrigins`; --origin names another). 502: `connect` fails, see its log.',
  needs: ['token'],
  async run(site) {
    const answer = await site.shake({ token: await site.tokenOf('Ann') });
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
  means: 'Who a message is from rests on the token alone.',
  mend: 'Take the deployment out of use until this holds, and look at the function `authorize`: it must verify each token’s signature.',
  needs: ['handshake'],
  async run(site) {
    const good = await site.tokenOf('Ann');
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
      const { status } = await site.shake(jwt === undefined ? {} : { token: jwt });
      expect(isRefusal(status), `With ${what} the handshake was answered ${status}.`);
    }
    return passed(`All refused: ${[...bad.keys()].join(', ')}.`);
  },
};

export const tokenInUrl: Check = {
  name: 'tokenInUrl',
  title: 'A token in the URL opens nothing',
  means: 'URLs end up in logs, histories and Referer headers. The token is never needed there.',
  mend: 'The function `authorize` must take the token from the subprotocol only.',
  needs: ['handshake'],
  async run(site) {
    const url = new URL(site.socketUrl);
    for (const name of ['token', 'access_token', 'authorization', 'bearer'])
      url.searchParams.set(name, await site.tokenOf('Ann'));
    const { status } = await site.shake({}, url);
    expect(isRefusal(status), `The handshake was answered ${status}.`);
    return passed(`Answered ${status}.`);
  },
};

export const badOrigin: Check = {
  name: 'badOrigin',
  title: 'A page of another origin is refused',
  means: 'Another site’s page cannot open a socket in the name of whoever looks at it.',
  mend: 'Look at the parameter `allowedOrigins` and at the function `authorize`; the edge must pass on Origin.',
  needs: ['handshake'],
  async run(site) {
    const good = await site.tokenOf('Ann');
    for (const origin of ['https://evil.example', `${site.origin}.evil.example`, 'null']) {
      const { status } = await site.shake({ token: good, origin });
      expect(isRefusal(status), `With the origin ${origin} the handshake was answered ${status}.`);
    }
    return passed('Three foreign origins, all refused.');
  },
};

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
