import { type Check, passed } from '../harness/check';
import { expect } from '../harness/checkFailure';
import type { Deployment } from '../harness/deployment';
import { header } from '../harness/request';

const FOREIGN_ORIGIN = 'https://evil.example';
const ALLOW_ORIGIN = 'access-control-allow-origin';

export const cors: Check = {
  name: 'cors',
  title: 'Only pages of allowed origins get guest tokens',
  means: 'A browser lets a page read the answer of /api/token only where CORS allows the origin of the page.',
  remedy: 'Look at the parameter `allowedOrigins`: the socket and the HTTP API take the same list.',
  needs: ['reach'],
  async run(deployment) {
    const allowed = await allowedOrigin(deployment, FOREIGN_ORIGIN);
    expect(
      allowed !== '*' && allowed !== FOREIGN_ORIGIN,
      `A page of ${FOREIGN_ORIGIN} may read tokens: the answer allows the origin "${allowed}".`,
    );
    const { origin, tokenUrl } = deployment;
    if (origin === tokenUrl.origin) return passed(`A page of ${FOREIGN_ORIGIN} may not.`);
    const own = await allowedOrigin(deployment, origin);
    expect(
      own === origin,
      `A page of ${origin} may not read tokens: the answer allows ${own === '' ? 'no origin' : `the origin "${own}"`}.`,
    );
    return passed(`A page of ${origin} may, one of ${FOREIGN_ORIGIN} may not.`);
  },
};

/** Asks as a browser does before it posts JSON to another origin; gives the origin that may read the answer. */
async function allowedOrigin({ request, tokenUrl }: Deployment, origin: string): Promise<string> {
  const answer = await request(tokenUrl, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  return header(answer, ALLOW_ORIGIN);
}
