/**
 * The identity provider, by OpenID Connect. A chunk of its own: the page loads it only for users who sign in. It
 * shares no code with the page, so that the page need not load a third file.
 */
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  clockSkew,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { SignInProblem } from './problems';
import { problemOf } from './providerErrors';
import type { ProviderSettings } from './settings';

const REQUEST_TIMEOUT_MS = 8_000;

/** What this tab must know when the provider sends the user back. */
export interface PendingSignIn {
  state: string;
  nonce: string;
  verifier: string;
}

/** Tokens of a signed-in user. */
export interface ProviderTokens {
  /** The token for the chat. */
  token: string;
  /** Without it the sign-in ends with its token. */
  refreshToken: string | undefined;
}

export type Outcome =
  | { kind: 'tokens'; tokens: ProviderTokens }
  | { kind: 'problem'; problem: SignInProblem };

/** Gives the provider's address that signs the user in, and what `finish` needs then. @throws when unreachable. */
export async function begin(
  settings: ProviderSettings,
  redirectUri: string,
): Promise<{ url: string; pending: PendingSignIn }> {
  const server = await discover(settings);
  const pending = {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    verifier: generateRandomCodeVerifier(),
  };
  const url = endpoint(server.authorization_endpoint, {
    client_id: settings.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: settings.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    // Auth0 gives a token that the chat can read only if it is told the audience. Others pass over it.
    ...(settings.token === 'access' && { audience: settings.audience }),
  });
  return { url, pending };
}

/** Exchanges the code in the address to which the provider sent the user back. Never throws. */
export function finish(
  settings: ProviderSettings,
  redirectUri: string,
  pending: PendingSignIn,
  answer: URL,
): Promise<Outcome> {
  return outcomeOf(settings, async () => {
    const server = await discover(settings);
    const client = clientOf(settings);
    const parameters = validateAuthResponse(server, client, answer, pending.state);
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      None(),
      parameters,
      redirectUri,
      pending.verifier,
      options(settings),
    );
    return processAuthorizationCodeResponse(server, await onItsClock(client, response), response, {
      expectedNonce: pending.nonce,
      requireIdToken: true,
    });
  });
}

/** Exchanges the refresh token for new tokens. Never throws. */
export async function renew(settings: ProviderSettings, refreshToken: string): Promise<Outcome> {
  const outcome = await outcomeOf(settings, async () => {
    const server = await discover(settings);
    const client = clientOf(settings);
    const response = await refreshTokenGrantRequest(server, client, None(), refreshToken, options(settings));
    return processRefreshTokenResponse(server, await onItsClock(client, response), response);
  });
  if (outcome.kind === 'problem') return outcome;
  // A provider that does not rotate refresh tokens sends none.
  return { kind: 'tokens', tokens: { refreshToken, ...defined(outcome.tokens) } };
}

const defined = ({ token, refreshToken }: ProviderTokens) => ({
  token,
  ...(refreshToken !== undefined && { refreshToken }),
});

/**
 * Revokes the refresh token where the provider offers it, and gives the address at which the provider ends its own
 * session, if it has one. Never throws: the page has already forgotten the user.
 */
export async function end(
  settings: ProviderSettings,
  refreshToken: string | undefined,
  redirectUri: string,
): Promise<string | undefined> {
  try {
    const server = await discover(settings);
    if (refreshToken !== undefined && server.revocation_endpoint !== undefined)
      await revocationRequest(server, clientOf(settings), None(), refreshToken, options(settings))
        .then(processRevocationResponse)
        .catch(() => {});
    if (server.end_session_endpoint === undefined) return undefined;
    return endpoint(server.end_session_endpoint, {
      client_id: settings.clientId,
      post_logout_redirect_uri: redirectUri,
      // The name that Cognito has for it.
      logout_uri: redirectUri,
    });
  } catch {
    return undefined;
  }
}

const clientOf = ({ clientId }: ProviderSettings): Client => ({ client_id: clientId });

/** Plain HTTP only to an issuer that is configured so, as on the local stack. */
const options = ({ issuer }: ProviderSettings) => ({
  signal: () => AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  [allowInsecureRequests]: issuer.startsWith('http:'),
});

async function discover(settings: ProviderSettings): Promise<AuthorizationServer> {
  const issuer = new URL(settings.issuer);
  return processDiscoveryResponse(issuer, await discoveryRequest(issuer, options(settings)));
}

function endpoint(address: string | undefined, parameters: Record<string, string>): string {
  if (address === undefined) throw new Error('The provider has no such endpoint.');
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * The client with the provider's clock instead of the device's, which may be wrong by days. The ID token comes by TLS
 * in exchange for a code or a token that works once, and the nonce ties it to this sign-in: it was issued just now.
 */
async function onItsClock(client: Client, response: Response): Promise<Client> {
  const { id_token: idToken } = await response
    .clone()
    .json()
    .catch(() => ({}));
  const issuedAt = typeof idToken === 'string' ? claimsOf(idToken).iat : undefined;
  return typeof issuedAt === 'number'
    ? { ...client, [clockSkew]: issuedAt - Math.floor(Date.now() / 1000) }
    : client;
}

function claimsOf(jwt: string): Record<string, unknown> {
  try {
    return JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

async function outcomeOf(
  settings: ProviderSettings,
  run: () => Promise<TokenEndpointResponse>,
): Promise<Outcome> {
  try {
    const { access_token, id_token, refresh_token: refreshToken } = await run();
    const token = settings.token === 'id' ? id_token : access_token;
    if (token === undefined) return problem({ kind: 'misconfigured', code: 'the provider sent no ID token' });
    if (claimsOf(token).sub === undefined)
      return problem({ kind: 'misconfigured', code: 'the access token is no JWT, see oidcToken' });
    return { kind: 'tokens', tokens: { token, refreshToken } };
  } catch (error) {
    return problem(problemOf(error));
  }
}

const problem = (which: SignInProblem): Outcome => ({ kind: 'problem', problem: which });
