/** A threat, its defence, and the tests that show the defence: a file, and the title in it. */
export interface Threat {
  id: string;
  threat: string;
  defence: string;
  tests: readonly (readonly [file: string, title: string])[];
}

const CORPUS = 'tests/adversarial/stack.test.ts';
const FAILURES = 'tests/adversarial/failures.test.ts';
const SEQUENCES = 'tests/adversarial/sequences.test.ts';
const BROWSER = 'tests/browser/injection.test.ts';
const HANDSHAKE = 'tests/unit/authorizeHandshake.test.ts';
const OIDC = 'tests/unit/oidcTokens.test.ts';
const RIGHTS = 'tests/unit/permissions.test.ts';
const MODERATION = 'tests/unit/removeUser.test.ts';
const ACCESS = 'tests/template/access.rules.ts';
const APIS = 'tests/template/apis.rules.ts';
const DATA = 'tests/template/data.rules.ts';
const FORWARDING = 'tests/template/distribution.rules.ts';
const FILES = 'tests/local/files.test.ts';
const FILE_ROUTE = 'tests/unit/fileRoute.test.ts';
const REVIEW = 'tests/unit/review.test.ts';
const SUPPLY = 'tests/supply/supply.test.ts';
const STACK = 'tests/local/stack.test.ts';
const SIMULATION = 'tests/simulation/rights.test.ts';
const EXPRESSIONS = 'tests/adversarial/expressions.test.ts';
const SHARE = 'tests/adversarial/share.test.ts';
const FLOOD = 'tests/local/flood.test.ts';
const FLOODED = 'tests/adversarial/flooded.test.ts';
const FLOOD_POLICY = 'tests/unit/floodPolicy.test.ts';

export const THREATS: readonly Threat[] = [
  {
    id: 'T1',
    threat: 'A page elsewhere opens a socket as its visitor',
    defence: 'exact list of origins; the token is no cookie',
    tests: [
      [HANDSHAKE, 'a handshake with %s'],
      [CORPUS, '%s is refused'],
      ['tests/local/cors.test.ts', 'a page of %s is refused, on every path'],
    ],
  },
  {
    id: 'T2',
    threat: 'A token is read from a log or a URL',
    defence: 'a subprotocol carries it; queries and cookies are not forwarded; logs take no headers',
    tests: [
      [CORPUS, 'writes no token, secret or text into any log'],
      [FORWARDING, 'nothing else passes: no Host, no cookie, no query string'],
      [APIS, 'both stages are throttled and logged, without payloads or tokens'],
    ],
  },
  {
    id: 'T3',
    threat: 'An identity is claimed, not proven',
    defence: 'who sent a frame comes from the authorizer alone',
    tests: [
      [SEQUENCES, 'an identity comes from the token alone, whatever a frame says'],
      [CORPUS, '%s gives nobody its user'],
    ],
  },
  {
    id: 'T4',
    threat: 'Forged tokens: none, confused algorithms, tricks with keys',
    defence: 'jose with pinned algorithms, issuer, audience, expiry',
    tests: [
      [CORPUS, '%s does not'],
      [OIDC, 'a token does not hold with %s'],
      ['tests/unit/guestTokens.test.ts', 'does not hold: one %s'],
    ],
  },
  {
    id: 'T5',
    threat: 'A flood of unknown keys hides a rotation, or hammers the provider',
    defence: 'one read in ten seconds; known keys hold while the provider is away',
    tests: [
      [OIDC, 'are looked for ten seconds after a flood of unknown ones, and the old ones hold throughout'],
      [OIDC, 'that cannot be read again are used for another hour, and looked for once in ten seconds'],
    ],
  },
  {
    id: 'T6',
    threat: 'A socket outlives its token',
    defence: 'every frame and every fan-out asks for the expiry',
    tests: [
      [SEQUENCES, 'an expired connection gets nothing done, by any frame'],
      ['tests/unit/sendMessage.test.ts', 'is posted to nobody whose token has expired'],
    ],
  },
  {
    id: 'T7',
    threat: 'A ban leaves sockets open',
    defence: 'ban, rights, rows, then every socket is closed',
    tests: [
      [MODERATION, 'ends every right, tells every room, and closes every socket'],
      [MODERATION, 'stays shut for who is banned from everywhere, and leaves no trace of the attempt'],
    ],
  },
  {
    id: 'T8',
    threat: 'The APIs are reached past CloudFront',
    defence: 'a secret header, hashed and compared in constant time, two values while it is rotated',
    tests: [
      [CORPUS, '%s is refused'],
      ['tests/unit/secretCache.test.ts', 'with a value that has only just become the current one'],
      [STACK, 'reads a rotated secret where it is kept: the edge’s old one still works'],
      [APIS, '$connect asks the authorizer, and only with the origin secret'],
    ],
  },
  {
    id: 'T9',
    threat: 'A firewall sees the handshake only',
    defence: 'every frame is checked in the code',
    tests: [
      ['tests/unit/parseClientFrame.test.ts', 'for %s'],
      [CORPUS, 'of %s gets one error'],
    ],
  },
  {
    id: 'T10',
    threat: 'A room is read or written without the right',
    defence: 'rights from the token, checked at every frame before any call',
    tests: [
      [RIGHTS, '%s by one who has %s is answered: %s'],
      [RIGHTS, 'never allows what no grant names'],
      [SIMULATION, 'gives nothing of a room to anyone without the right to it, and writes nothing of theirs'],
    ],
  },
  {
    id: 'T11',
    threat: 'Rooms are found by trying',
    defence: 'no room and no right are one answer, without a call',
    tests: [[RIGHTS, '%s to a room that is not one’s own is answered as to one that is not there']],
  },
  {
    id: 'T12',
    threat: 'A key is forged by separators or look-alikes',
    defence: 'fixed alphabets before a key is built; nothing typed is concatenated into one',
    tests: [
      ['tests/unit/parseClientFrame.test.ts', 'for %s'],
      [CORPUS, 'of %s gets one error'],
    ],
  },
  {
    id: 'T13',
    threat: 'An expression of the database is injected',
    defence: 'static expressions; values only through placeholders',
    tests: [[EXPRESSIONS, '%s puts nothing of a stranger’s into an expression or a name']],
  },
  {
    id: 'T14',
    threat: 'A prototype is polluted, or a field too many assigned',
    defence: 'a new object from known fields; unknown ones are refused',
    tests: [
      ['tests/unit/parseClientFrame.test.ts', 'into a new object with nothing but its fields'],
      [SEQUENCES, 'an identity comes from the token alone, whatever a frame says'],
    ],
  },
  {
    id: 'T15',
    threat: 'Bombs: depth, keys, numbers, sizes',
    defence: 'bytes, depth and keys before parsing, then the schema',
    tests: [
      ['tests/unit/parseJsonObject.test.ts', 'refuses %s before it is parsed, and says what is wrong'],
      [SEQUENCES, 'a thousand bombs take no time and leave nothing behind'],
      [CORPUS, 'of %s ends its connection'],
    ],
  },
  {
    id: 'T16',
    threat: 'One user floods the others',
    defence:
      'buckets of the connection and of the user; who goes on is closed and held off; throttles of stage and routes',
    tests: [
      [
        'tests/unit/tokenBucket.test.ts',
        'never lets through more than the burst and the rate allow, and keeps its word on when to come again',
      ],
      [SHARE, 'five connections of a user together get no more than the user’s share, and no less'],
      [SHARE, 'a connection that floods does not silence another of the same user'],
      [FLOOD, 'a flood of %s is closed within five seconds, and another is served meanwhile'],
      [FLOODED, 'one who floods a room at 1,000 frames a second slows the others by less than a fifth'],
      [FLOOD_POLICY, 'who is closed for a flood may not come back for a minute, and may stay elsewhere'],
      [APIS, 'the routes of strangers are throttled more than the others'],
    ],
  },
  {
    id: 'T17',
    threat: 'A flood costs its owner money',
    defence: 'refused before any call; maximums on tables; a budget and reserved concurrency by parameter',
    tests: [
      [HANDSHAKE, 'reads the secret before anything else, and nothing besides when it is not from the edge'],
      ['tests/unit/routes.test.ts', '%s refuses what is no frame without a call to the database'],
      [DATA, 'what a table may cost has a bound'],
    ],
  },
  {
    id: 'T18',
    threat: 'One connection joins every room',
    defence: 'fifty rooms by a condition of the same write',
    tests: [['tests/stores/contract.ts', 'has no more than fifty when twenty join at once']],
  },
  {
    id: 'T19',
    threat: 'Silent sockets pile up',
    defence: 'five connections a user; leases; API Gateway’s idle limit',
    tests: [
      [MODERATION, 'is open to five connections of a user, and to other users'],
      [FLOOD, 'lets a user have five connections when twenty come at once'],
      ['tests/local/gateway.test.ts', 'ends a connection that is idle'],
    ],
  },
  {
    id: 'T20',
    threat: 'A text runs as a script in a page',
    defence: 'texts are text; a policy without unsafe sources; Trusted Types',
    tests: [
      [BROWSER, 'shows as the text it is, and none of forty scripts runs'],
      [BROWSER, 'is served under these headers'],
      [FORWARDING, 'the page has strict headers'],
    ],
  },
  {
    id: 'T21',
    threat: 'Lines are forged in a log, or people are read from it',
    defence: 'one line of JSON an invocation, of ids; users at debug only',
    tests: [
      [CORPUS, 'writes no token, secret or text into any log'],
      ['tests/unit/invocationLog.test.ts', "names users at debug only: some providers' ids are addresses"],
    ],
  },
  {
    id: 'T22',
    threat: 'A function may do more than it needs',
    defence: 'a role each, from one table; the page of rights is compared with the template',
    tests: [
      [ACCESS, 'nothing is allowed broadly'],
      [ACCESS, 'only posters post, and to this API only'],
      ['tests/deploy/pages.test.ts', 'a policy that grows would change the page'],
      [APIS, 'nobody but the API it belongs to delivers an event to a function'],
    ],
  },
  {
    id: 'T23',
    threat: 'An error tells of the inside',
    defence: 'codes and sentences of our own',
    tests: [
      [FAILURES, 'tells a stranger nothing of the inside'],
      [CORPUS, 'tells a stranger nothing of the inside'],
    ],
  },
  {
    id: 'T24',
    threat: 'Captured frames are sent again',
    defence: 'one id of one user is one message; TLS',
    tests: [[CORPUS, 'gives a frame that is captured and sent again on a new socket no second message']],
  },
  {
    id: 'T25',
    threat: 'Two users are mixed up in one container',
    defence: 'nothing of a request in the scope of a module',
    tests: [
      [
        SEQUENCES,
        'two people in one container are never taken for each other, in four hundred frames at once',
      ],
      ['tests/unit/invocationLog.test.ts', 'keeps invocations apart that run at the same time'],
    ],
  },
  {
    id: 'T26',
    threat: 'A dependency is not what it was',
    defence: 'exact versions, SHA-512, scripts by name, a bill of materials',
    tests: [
      [SUPPLY, 'is what was meant, from the registry, to the bit, with no script but the listed ones'],
      [SUPPLY, 'the bill of materials names every package with its version, hash and licence'],
      [SUPPLY, 'what ships in a bundle is known by name, and under an accepted licence'],
    ],
  },
  {
    id: 'T27',
    threat: 'Compression gives texts away, or blows up',
    defence: 'none is negotiated',
    tests: [['tests/local/gateway.test.ts', 'does not negotiate compression']],
  },
  {
    id: 'T28',
    threat: 'A secret stands in the template or a variable',
    defence: 'generated by Secrets Manager; the functions know its name',
    tests: [[DATA, 'secrets are generated']],
  },
  {
    id: 'T29',
    threat: 'A frame reaches another route than it says',
    defence: 'the action is read again; what no route knows is answered without a call',
    tests: [
      [
        SEQUENCES,
        'whatever people send in whatever order, every frame gets one answer, and good sends go on',
      ],
      [CORPUS, 'of %s gets one error'],
    ],
  },
  {
    id: 'T30',
    threat: 'Who was kicked is still in a fan-out',
    defence: 'members are read after the commit; a kick takes the row away before its entry',
    tests: [
      ['tests/simulation/bugs.ts', 'takes the member row of a join from before the kick'],
      ['tests/simulation/bugs.ts', 'appends without asking again after it met the removal of its author'],
    ],
  },
  {
    id: 'T31',
    threat: 'A sign-in is forged, repeated, or leaks its tokens',
    defence: 'code flow with PKCE, state and nonce; no token in an address; sign-out revokes',
    tests: [
      ['tests/browser/signIn.test.ts', 'takes no notice of %s'],
      ['tests/browser/signIn.test.ts', 'connects with the %s token, and sends no token in an address'],
      ['tests/browser/signIn.test.ts', 'signs out in every tab, and at the provider'],
      [
        'tests/template/stack.test.ts',
        'tells the page of the provider, lets it call exactly these hosts, and takes tokens of its client',
      ],
    ],
  },
  {
    id: 'T32',
    threat: "A foreign page or program gives orders to an operator's console",
    defence: 'it listens on this machine; host, origin and a token of the run are checked before an order',
    tests: [
      ['tests/cli/consoleServer.test.ts', 'carries out no order with %s'],
      ['tests/cli/consoleServer.test.ts', 'gives a foreign host no page either'],
      ['tests/browser/console.test.ts', 'shows nothing without the token, and says where it is'],
    ],
  },
  {
    id: 'T33',
    threat: 'A form uploads what it was not signed for: another file, type, size, key or time',
    defence: 'S3 checks the signed policy: exact fields, size and SHA-256, ten minutes',
    tests: [
      [FILES, 'a form with %s is refused, and nothing is stored'],
      [FILES, 'a form expires after ten minutes, and the address of a file after five'],
    ],
  },
  {
    id: 'T34',
    threat: "A message takes another user's file, or a file of another room or message",
    defence: 'the key is computed from the user of the token and the room; a file is in one message only',
    tests: [[FILES, 'a file %s is refused, and no message is written']],
  },
  {
    id: 'T35',
    threat: 'A file or its tile is read after its message was deleted, erased or expired, or without a right',
    defence:
      'addresses are signed for five minutes, while the row names the file; deletions remove objects first',
    tests: [
      [FILES, 'a file of a deleted message is removed before the deletion is acknowledged'],
      [FILES, 'erasing a user removes the files in messages and those that no message names'],
      [FILES, 'a tile goes with %s'],
      [
        FILE_ROUTE,
        'a user without the right to read is given no address, and neither is one who was removed from the room',
      ],
      [FILE_ROUTE, 'a file cannot be read once its message has expired'],
      [DATA, 'files are closed and forgotten'],
    ],
  },
  {
    id: 'T36',
    threat: 'Words are shown that no review let pass: it fails, or the words change after their verdict',
    defence: 'without a verdict nothing is written; a verdict holds for the same words alone',
    tests: [
      [REVIEW, 'that %s leaves the message to be sent again'],
      [REVIEW, 'does not pass other words by the verdict of those before'],
      ['tests/local/review.test.ts', 'a reviewer that %s shows nothing'],
    ],
  },
];
