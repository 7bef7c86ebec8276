/** The headers in which a handshake differs from a good one: `undefined` removes a header, and a list repeats it. */
export interface Handshake {
  status: number;
  first?: string;
  headers?: Record<string, string | string[] | undefined>;
  /**
   * Requests past CloudFront, which set the origin secret themselves: `SECRET` stands for the secret, `TOKEN` for a
   * good token.
   */
  direct?: true;
}

const PROTOCOL = 'Sec-WebSocket-Protocol';
const SECRET = 'X-Edge-Chat-Origin';
const origin = (value: string | string[] | undefined, status = 403): Handshake => ({
  status,
  headers: { Origin: value },
});
const offering = (value: string | string[] | undefined, status = 403): Handshake => ({
  status,
  headers: { [PROTOCOL]: value },
});
const withSecret = (value: string | string[] | undefined, status = 403): Handshake => ({
  status,
  direct: true,
  headers: { [SECRET]: value },
});

/** Handshakes that must be refused, each with its status. */
export const HANDSHAKES: Record<string, Handshake> = {
  'by POST': { status: 403, first: 'POST /ws HTTP/1.1' },
  'without Upgrade': { status: 426, headers: { Upgrade: undefined, Connection: 'close' } },
  'to another protocol than WebSocket': { status: 426, headers: { Upgrade: 'h2c' } },
  'without a key': { status: 400, headers: { 'Sec-WebSocket-Key': undefined } },
  'with two keys': {
    status: 400,
    headers: { 'Sec-WebSocket-Key': ['AAAAAAAAAAAAAAAAAAAAAA==', 'BBBBBBBBBBBBBBBBBBBBBB=='] },
  },
  'without a version': { status: 400, headers: { 'Sec-WebSocket-Version': undefined } },
  'of two versions': { status: 400, headers: { 'Sec-WebSocket-Version': '13, 8' } },
  'for a path below': { status: 404, first: 'GET /ws/x HTTP/1.1' },
  'for the path encoded': { status: 404, first: 'GET /%77s HTTP/1.1' },
  'for the path behind a slash': { status: 404, first: 'GET //ws HTTP/1.1' },
  'for the management API': { status: 404, first: 'GET /ws/@connections/abc= HTTP/1.1' },
  'of another page': origin('https://evil.example'),
  'of no page in particular': origin('null'),
  'of our origin twice': origin(['ORIGIN', 'ORIGIN']),
  'of another origin before ours': origin(['https://evil.example', 'ORIGIN']),
  'of two origins in a line': origin('ORIGIN, https://evil.example'),
  'without a subprotocol': offering(undefined),
  'with our subprotocol and no token': offering('chat.v1'),
  'with a token and no subprotocol': offering('bearer.TOKEN'),
  'with a bad token before a good one': offering('chat.v1, bearer.x, bearer.TOKEN'),
  'with a token of 5,000 characters': offering(`chat.v1, bearer.${'x'.repeat(5_000)}`),
  'with a subprotocol of 25 KB': offering(`chat.v1, bearer.${'x'.repeat(25_000)}`, 413),
  'with a subprotocol of 500 KB': offering(`chat.v1, bearer.${'x'.repeat(500_000)}`, 431),
  'with the token in its URL': {
    status: 403,
    first: 'GET /ws?token=TOKEN&bearer=TOKEN HTTP/1.1',
    headers: { [PROTOCOL]: 'chat.v1' },
  },
  'with the token in a cookie': {
    status: 403,
    headers: { [PROTOCOL]: 'chat.v1', Cookie: 'token=TOKEN; bearer=TOKEN' },
  },
  'with the token as for HTTP': {
    status: 403,
    headers: { [PROTOCOL]: 'chat.v1', Authorization: 'Bearer TOKEN' },
  },
  'with a URL of 9 KB': { status: 413, first: `GET /ws?${'x'.repeat(9_000)} HTTP/1.1` },
  'past the edge': withSecret(undefined, 401),
  'past the edge with an empty secret': withSecret('', 401),
  'past the edge with another secret': withSecret('x'.repeat(48)),
  'past the edge with the secret twice': withSecret(['SECRET', 'SECRET']),
  'past the edge with the secret behind another': withSecret(['x', 'SECRET']),
  'past the edge with 8 KB for a secret': withSecret('SECRET'.padEnd(8_000, 'x')),
  'past the edge with 500 KB for a secret': withSecret('x'.repeat(500_000), 431),
  'past the edge under its name': { status: 403, direct: true, headers: { Host: 'chat.example' } },
  'past the edge to another stage': { status: 403, direct: true, first: 'GET /prod HTTP/1.1' },
};
