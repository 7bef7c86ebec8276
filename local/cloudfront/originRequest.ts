import { passesList } from './allowList';
import type { Behaviour, Distribution } from './distribution';

/** What the edge knows of a viewer's request. */
export interface ViewerRequest {
  method: string;
  /** Path and query, as sent. */
  url: string;
  lines: [name: string, value: string][];
  address: string;
  port: number;
  upgrade: boolean;
}

/** A request as the origin gets it. */
export interface OriginRequest {
  path: string;
  lines: [name: string, value: string][];
}

/** Headers that speak of one hop, or that CloudFront sets itself: never taken from the viewer. */
const OWN = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-amz-cf-id',
  'x-forwarded-for',
  'x-real-ip',
]);

/** The first behaviour whose pattern matches the path. The default one matches everything and comes last. */
export function behaviourFor({ behaviours }: Distribution, url: string): Behaviour {
  const [path = '/'] = url.split('?');
  const found = behaviours.find(({ matches }) => matches.test(path));
  if (!found) throw new Error('A distribution has a default behaviour.');
  return found;
}

/** What CloudFront sends the origin: what the policy lets through, and what it adds itself. */
export function forward(viewer: ViewerRequest, behaviour: Behaviour, requestId: string): OriginRequest {
  const { origin } = behaviour;
  const passed = viewer.lines.filter(([name]) => passes(name.toLowerCase(), viewer, behaviour));
  const cookies = cookiesOf(viewer, behaviour);
  const has = (name: string) => passed.some(([each]) => each.toLowerCase() === name);
  const forwardedFor = viewer.lines.find(([name]) => name.toLowerCase() === 'x-forwarded-for')?.[1];

  const own: [string, string][] = [
    ...(has('host') ? [] : [['Host', origin.host] as [string, string]]),
    ...(has('user-agent') ? [] : [['User-Agent', 'Amazon CloudFront'] as [string, string]]),
    ...(cookies ? [['Cookie', cookies] as [string, string]] : []),
    ['Via', '1.1 local.cloudfront.net (CloudFront)'],
    ['X-Amz-Cf-Id', requestId],
    ['X-Forwarded-For', forwardedFor ? `${forwardedFor}, ${viewer.address}` : viewer.address],
    ...generated(viewer, behaviour),
    ...origin.headers,
  ];
  const taken = new Set(own.map(([name]) => name.toLowerCase()));
  const upgrade: [string, string][] = viewer.upgrade
    ? [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ]
    : [];
  return {
    path: origin.path + pathOf(viewer.url, behaviour),
    lines: [...own, ...passed.filter(([name]) => !taken.has(name.toLowerCase())), ...upgrade],
  };
}

function passes(name: string, { method }: ViewerRequest, { forward: { headers } }: Behaviour): boolean {
  if (OWN.has(name) || name === 'cookie' || /^(cloudfront-|x-edge-|x-amz-cf-)/.test(name)) return false;
  if (name === 'content-length') return method !== 'GET' && method !== 'HEAD';
  return passesList(headers, name);
}

/** Headers CloudFront makes of what it knows of the viewer, where the policy names them. */
function generated(viewer: ViewerRequest, { forward: { headers } }: Behaviour): [string, string][] {
  if (headers.mode !== 'only') return [];
  const known: [string, string][] = [
    ['CloudFront-Viewer-Address', `${viewer.address}:${viewer.port}`],
    ['CloudFront-Viewer-Http-Version', '1.1'],
  ];
  return known.filter(([name]) => headers.names.has(name.toLowerCase()));
}

function cookiesOf({ lines }: ViewerRequest, { forward: { cookies } }: Behaviour): string {
  return lines
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split('; '))
    .filter((cookie) => passesList(cookies, cookie.split('=')[0] ?? ''))
    .join('; ');
}

function pathOf(url: string, { forward: { query } }: Behaviour): string {
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const kept = search.split('&').filter((pair) => pair !== '' && passesList(query, pair.split('=')[0] ?? ''));
  return kept.length > 0 ? `${path}?${kept.join('&')}` : path;
}
