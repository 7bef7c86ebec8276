/** An identity provider for this machine, in a process of its own: the stack reaches it as it would a real one. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { page, people } from './pages.mjs';
import { createStorage } from './storage.mjs';

/** @type {{port: number, clientId: string, audience: string, pages: string[], tokenSeconds: number}} */
const { port: wanted, clientId, audience, pages, tokenSeconds } = JSON.parse(process.argv[2] ?? '{}');

const SESSION_SECONDS = 86_400;
const claimsOf = (id) => ({ sub: id, ...people.find((person) => person.id === id)?.claims });

const newKey = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
};

const storage = createStorage();

/** @param {string} issuer */
function createProvider(issuer) {
  return new Provider(issuer, {
    adapter: storage,
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: pages,
        post_logout_redirect_uris: pages,
      },
    ],
    jwks: { keys: [newKey()] },
    cookies: { keys: ['edge-chat on this machine'] },
    scopes: ['openid', 'profile', 'offline_access'],
    claims: { openid: ['sub', 'rooms', 'role'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => claimsOf(id) }),
    extraTokenClaims: (_ctx, { accountId }) => claimsOf(accountId),
    issueRefreshToken: () => true,
    ttl: {
      AccessToken: tokenSeconds,
      IdToken: tokenSeconds,
      AuthorizationCode: 60,
      Interaction: 600,
      Grant: SESSION_SECONDS,
      Session: SESSION_SECONDS,
      RefreshToken: SESSION_SECONDS,
    },
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    loadExistingGrant: grantAll,
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = 'html';
      ctx.body = page('Sign-in failed', [`${error}: ${description}`]);
    },
  });
}

/** The chat is the provider's own client: no user has to consent. */
async function grantAll(ctx) {
  const { client, params, provider, session } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  const grant =
    (known && (await provider.Grant.find(known))) ??
    new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(audience, 'openid');
  await grant.save();
  return grant;
}

function logoutSource(ctx, form) {
  ctx.body = page(
    'Sign out?',
    [],
    `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
  );
}

function postLogoutSuccessSource(ctx) {
  ctx.body = page('You have signed out', []);
}

const server = createServer();
let provider;
let answer;

/** Users stay signed in. */
function changeKeys() {
  provider = createProvider(`http://127.0.0.1:${server.address().port}`);
  answer = provider.callback();
}

server.on('request', (request, response) => {
  const [, uid] = /^\/sign-in\/([\w-]{1,64})$/.exec(request.url ?? '') ?? [];
  if (uid === undefined) return answer(request, response);
  signIn(request, response).catch(() => {
    response.writeHead(400, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(page('This sign-in is too old', ['Go back to the chat and sign in again.']));
  });
});

/** The page that asks for the person, and its answer. */
async function signIn(request, response) {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    return response.end(
      page('Sign in to edge-chat', ['A provider for this machine: choose a person.'], people),
    );
  }
  let body = '';
  for await (const part of request.setEncoding('utf8')) if (body.length < 1024) body += part;
  const accountId = new URLSearchParams(body).get('person');
  const result = people.some(({ id }) => id === accountId)
    ? { login: { accountId } }
    : { error: 'access_denied', error_description: 'The user chose no person.' };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

process.on('message', (message) => {
  if (message !== 'changeKeys') return;
  changeKeys();
  process.send?.('changedKeys');
});

server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(wanted, '127.0.0.1', () => {
  changeKeys();
  process.send?.(server.address().port);
});
