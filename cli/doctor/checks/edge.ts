import { type Check, passed } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { type Answer, header } from '../harness/request';
import { missingSecurityHeaders } from '../harness/securityHeaders';

export const reach: Check = {
  name: 'reach',
  title: 'The address answers',
  means: 'There is a server at this name, and its TLS is valid. Every other check needs it.',
  remedy:
    'Look at the address (the stack’s output SocketUrl), at DNS, and at the network between here and there.',
  async run({ request, pageUrl }) {
    const { status, ms } = await request(pageUrl, { method: 'HEAD' });
    return passed(`${pageUrl.host} answered ${status} in ${Math.round(ms)} ms.`);
  },
};

export const throughEdge: Check = {
  name: 'edge',
  title: 'Answers come through CloudFront',
  means:
    'CloudFront brings the origin lock, the page’s headers, TLS near the user and a place for a firewall.',
  remedy:
    'Give the stack’s output SocketUrl; an address of execute-api is the origin itself. For a domain of your own, point its DNS at the distribution.',
  needs: ['reach'],
  async run({ request, pageUrl, socketUrl }) {
    const answers = [await request(pageUrl), await request(socketUrl)];
    const passedEdge = answers.every(
      (answer) => /cloudfront/i.test(header(answer, 'via')) || header(answer, 'x-amz-cf-id') !== '',
    );
    expect(passedEdge, 'The answers carry no sign of CloudFront (via, x-amz-cf-id).');
    const locations = new Set(answers.map((answer) => header(answer, 'x-amz-cf-pop')).filter(Boolean));
    return passed(
      locations.size > 0
        ? `Location ${[...locations].join(', ')}.`
        : 'No location is named: this is a local stack, or the header is taken away.',
    );
  },
};

export const page: Check = {
  name: 'page',
  title: 'The page comes with its security headers',
  means:
    'A strict CSP, HSTS and nosniff are what keeps a text from becoming code, and the page from being framed or downgraded.',
  remedy:
    'Deploy again: the headers are PageHeaders in infra/responseHeaders.yml, on the distribution’s default behaviour.',
  needs: ['reach'],
  async run({ request, pageUrl }) {
    const answer = await request(pageUrl);
    const type = header(answer, 'content-type');
    expect(
      answer.status === 200 && /^text\/html/.test(type),
      `The page was answered ${answer.status} as ${type || 'nothing'}.`,
      'Deploy again: a deployment builds the page and uploads it.',
    );
    const wrong = faultsOf(answer);
    expect(wrong.length === 0, `The page’s headers are wrong: ${wrong.join('; ')}.`);
    return passed('CSP, HSTS, nosniff, and no framing.');
  },
};

function faultsOf(answer: Pick<Answer, 'headers'>): string[] {
  const policy = new Map(
    header(answer, 'content-security-policy')
      .split(';')
      .map((part) => part.trim().split(/\s+/))
      .map(([name = '', ...sources]) => [name.toLowerCase(), sources]),
  );
  const scripts = policy.get('script-src') ?? policy.get('default-src');
  const isClosed = (name: string) => /^'(none|self)'$/.test(policy.get(name)?.join(' ') ?? '');
  const faults: [boolean, string][] = [
    [policy.size > 1, 'no Content-Security-Policy'],
    [isClosed('default-src'), 'CSP default-src is open'],
    [
      scripts !== undefined && !scripts.some((source) => /unsafe|\*|^https?:|^data:/.test(source)),
      'CSP lets foreign scripts run',
    ],
    [isClosed('frame-ancestors'), 'CSP frame-ancestors is open'],
  ];
  return [...faults.filter(([holds]) => !holds).map(([, fault]) => fault), ...missingSecurityHeaders(answer)];
}

export const plain: Check = {
  name: 'plain',
  title: 'A plain request to the socket’s path is turned away',
  means:
    'The path leads to the WebSocket API and to nothing else: no page, no redirect, no error page that would hide refusals.',
  remedy:
    'The distribution needs the behaviour for this path (infra/distribution.js), without error pages. If the status is 5xx, look at the API and its authorizer’s log.',
  needs: ['reach'],
  async run({ request, socketUrl }) {
    const answer = await request(socketUrl);
    const isPage = /^text\/html/.test(header(answer, 'content-type'));
    expect(
      answer.status >= 400 && answer.status < 500 && answer.status !== 404 && !isPage,
      `It was answered ${answer.status}${isPage ? ' with a page' : ''}; the API itself says 403 or 426.`,
    );
    return passed(`Answered ${answer.status}.`);
  },
};
