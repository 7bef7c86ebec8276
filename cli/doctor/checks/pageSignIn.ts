import { type Check, passed } from '../harness/check';
import { CheckFailure, expect } from '../harness/checkFailure';
import { type Answer, header } from '../harness/request';

const SETTINGS = /<meta name="edge-chat:settings" content="([^"]*)">/;
const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>' };

export const pageSignIn: Check = {
  name: 'pageSignIn',
  title: 'The page can sign users in, if it offers to',
  means:
    'The page reads the provider’s discovery document and calls its token endpoint. If the CSP or the provider blocks these calls, no user can sign in.',
  remedy:
    'Compare `oidcIssuer` with the provider’s discovery document, name the hosts of its endpoints in `oidcOrigins`, and allow the page’s origin at the provider (docs/sign-in.md).',
  needs: ['page'],
  async run({ request, pageUrl, origin }) {
    const page = await request(pageUrl);
    const issuer = issuerIn(page.body);
    if (issuer === undefined) return passed('The page offers no sign-in (parameter `oidcClientId`).');

    const address = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const answer = await request(address, { headers: { Origin: origin } });
    expect(answer.status === 200, `${address.href} was answered ${answer.status}.`);
    const allowed = header(answer, 'access-control-allow-origin');
    expect(
      allowed === '*' || allowed === origin,
      `${address.host} lets no page of ${origin} read its discovery document (CORS).`,
    );
    const provider = recordIn(answer.body, 'The discovery document is not a JSON object.');
    expect(
      provider.issuer === issuer,
      `The provider names itself "${shown(provider.issuer)}", and oidcIssuer is "${shown(issuer)}".`,
    );
    expect(
      typeof provider.authorization_endpoint === 'string' && typeof provider.token_endpoint === 'string',
      'The discovery document lacks the authorization endpoint or the token endpoint. Cognito names both once the user pool has a domain.',
    );
    const called = [issuer, provider.token_endpoint, provider.revocation_endpoint].filter(
      (endpoint) => endpoint !== undefined,
    );
    const sources = connectSources(page);
    const missing = called.map(originOf).filter((each) => !sources.includes(each));
    expect(missing.length === 0, `The page’s CSP does not let it call ${[...new Set(missing)].join(', ')}.`);
    return passed(`${address.host} answers, and the CSP allows its endpoints.`);
  },
};

/** The issuer in the settings that the deployment has put into the page. */
function issuerIn(html: string): string | undefined {
  const [, escaped = '{}'] = SETTINGS.exec(html) ?? [];
  const text = escaped.replace(/&(amp|quot|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? '');
  // A page that was only built has no settings.
  if (!text.startsWith('{')) return undefined;
  const { signIn } = recordIn(text, 'The page’s settings are not a JSON object: deploy again.');
  const issuer = isRecord(signIn) ? signIn.issuer : undefined;
  return typeof issuer === 'string' && URL.canParse(issuer) ? issuer : undefined;
}

function recordIn(text: string, problem: string): Record<string, unknown> {
  const value = parseJson(text);
  if (isRecord(value)) return value;
  throw new CheckFailure(problem);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function connectSources(page: Answer): string[] {
  const [, sources = ''] =
    /(?:^|;)\s*connect-src ([^;]*)/.exec(header(page, 'content-security-policy')) ?? [];
  return sources.split(/\s+/);
}

const originOf = (endpoint: unknown): string =>
  typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint).origin : shown(endpoint);

/** Text of the provider, as much as an address has. */
const shown = (value: unknown): string => String(value).slice(0, 200);
