import { randomBytes } from 'node:crypto';
import { type Check, passed, skipped } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { header } from '../harness/request';
import { missingSecurityHeaders } from '../harness/securityHeaders';

export const apiHeaders: Check = {
  name: 'apiHeaders',
  title: 'Answers of the HTTP API come with their security headers',
  means:
    'With nosniff no browser takes an answer for a script; with HSTS no request leaves it in plain text.',
  remedy:
    'Deploy again: the headers are ApiHeaders in infra/responseHeaders.yml, on the distribution’s behaviour for /api/*.',
  needs: ['reach'],
  async run({ request, tokenUrl }) {
    const missing = missingSecurityHeaders(await request(tokenUrl, { method: 'OPTIONS' }));
    expect(missing.length === 0, `The headers of an answer are wrong: ${missing.join('; ')}.`);
    return passed('HSTS and nosniff.');
  },
};

/** API Gateway gives every answer of an HTTP API an id of its own. */
const REQUEST_ID = 'apigw-requestid';

export const freshErrors: Check = {
  name: 'freshErrors',
  title: 'CloudFront keeps no error',
  means:
    'CloudFront repeats an error for ten seconds by default: one failed handshake would be the answer to all at its location.',
  remedy:
    'Deploy again: the distribution sets ErrorCachingMinTTL to 0 for every code (infra/distribution.js).',
  needs: ['reach'],
  async run({ request, tokenUrl }) {
    const missing = new URL(`/api/doctor-${randomBytes(10).toString('hex')}`, tokenUrl);
    const [first, second] = [await request(missing), await request(missing)];
    if (first.status < 400) return skipped(`${missing.pathname} was answered ${first.status}: no error.`);
    const ids = [first, second].map((answer) => header(answer, REQUEST_ID));
    if (ids.includes('')) return skipped(`The answers carry no ${REQUEST_ID}, which tells them apart.`);
    expect(ids[0] !== ids[1], `The second request was answered with the first one’s ${first.status}.`);
    return passed(`Two requests, two answers: ${first.status}.`);
  },
};
