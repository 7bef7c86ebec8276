import type { Fault } from './fault';

const LINKS = 'tests/web/links.test.ts';
const LINEAR = 'tests/adversarial/linearTime.test.ts';
const OLD_BROWSER = 'tests/browser/oldBrowser.test.ts';
const TABS = 'tests/browser/tabs.test.ts';
const OUTBOX = 'tests/browser/outbox.test.ts';
const STORAGE = 'tests/browser/storage.test.ts';
const CLOCK = 'tests/browser/wrongClock.test.ts';
const SOCKETS = 'tests/client/sockets.test.ts';
const WORDS = 'tests/web/words.test.ts';
const PIPE = 'tests/cli/pipe.test.ts';
const TYPED = 'tests/unit/parseClientFrame.test.ts';
const OIDC = 'tests/unit/oidcTokens.test.ts';
const BACK_END = 'tests/local/backEnd.test.ts';
const MODERATION = 'tests/unit/removeUser.test.ts';
const REFUSALS = 'tests/browser/refusals.test.ts';
const GUESTS = 'tests/unit/guestTokens.test.ts';
const ROWS = 'tests/web/rows.test.ts';
const SESSION = 'tests/web/session.test.ts';
const TERMINAL_TEXT = 'tests/cli/terminalText.test.ts';
const SERVICES = 'tests/local/services.test.ts';
const PUBLISH_FOR_BACK_END = 'tests/unit/publishForBackEnd.test.ts';
const OPERATOR = 'tests/cli/operator.test.ts';
const SLEEP = 'tests/browser/sleep.test.ts';
const UNSENT = 'tests/browser/unsent.test.ts';

/** Rows P1 to P16, A5, A7 to A9, N5 to N8 and N13: the page, the client, tokens and the HTTP API. */
export const PAGE_FAULTS: readonly Fault[] = [
  {
    id: 'P1',
    fault: "A sender reuses another user's message id, and every page doubles rows",
    tests: [[ROWS, 'has a key of its own for each row, although two authors may send under the same id']],
  },
  {
    id: 'P2',
    fault: 'The page does not run in the oldest browsers that it names',
    tests: [
      [OLD_BROWSER, 'shows, links and sends messages'],
      [OLD_BROWSER, 'goes on when one message cannot be shown'],
    ],
  },
  {
    id: 'P3',
    fault: 'A text that cannot be sent is gone',
    tests: [
      [TABS, 'keeps a text that cannot be sent in the box, with the reason'],
      [TABS, 'keeps a text in the box that is one too many to wait, with the reason'],
    ],
  },
  {
    id: 'P4',
    fault: "A firewall's refusal ends the chat for good",
    tests: [[SESSION, 'says why when %s, and whether to ask again']],
  },
  {
    id: 'P5',
    fault: "A user's draft is shown to the next user of the browser",
    tests: [[TABS, 'sign out together, and leave nothing of the user']],
  },
  {
    id: 'P6',
    fault: 'A sign-out in one tab leaves the others signed in',
    tests: [
      [TABS, 'sign out together, and leave nothing of the user'],
      [SESSION, 'stays signed out although a renewal was under way when another tab signed out'],
    ],
  },
  {
    id: 'P7',
    fault: 'Cleared or silent storage makes every send fail',
    tests: [
      [OUTBOX, 'opens again after the browser has cleared it under an open page'],
      [OUTBOX, 'rejects where the browser never answers'],
      [STORAGE, 'sends in order'],
      [STORAGE, 'goes on to send, and keeps what it writes then'],
      [STORAGE, 'asks for a name, says why, and goes on, once everything was cleared'],
    ],
  },
  {
    id: 'P8',
    fault: 'A wrong clock makes the client connect in a loop',
    tests: [
      [SOCKETS, 'trusts the length of a token more than a wrong clock'],
      [CLOCK, 'renews its token and its connection once in an hour, and stays connected'],
    ],
  },
  {
    id: 'P9',
    fault: 'A link opens another page than the one that was written',
    tests: [
      [LINKS, 'finds %s'],
      [LINKS, 'leaves %s as text'],
    ],
  },
  {
    id: 'P10',
    fault: 'Names and texts can be invisible',
    tests: [[TYPED, 'has a visible character: not %s']],
  },
  {
    id: 'P11',
    fault: "One tab overwrites another tab's rooms and read marks",
    tests: [
      [TABS, 'join the lists of their rooms'],
      [TABS, 'never take a read mark back'],
    ],
  },
  {
    id: 'P12',
    fault: 'A pasted text takes quadratic time at every key',
    tests: [
      [LINEAR, 'in %s'],
      [LINEAR, 'finds the expressions, and those that are composed are run below'],
    ],
  },
  {
    id: 'P13',
    fault: 'A line separator splits a line of a pipe, and colours are refused',
    tests: [
      [PIPE, 'keeps a line separator inside its line'],
      [PIPE, 'takes the escape sequences of a build log out, and says so once'],
    ],
  },
  {
    id: 'P14',
    fault: 'Hebrew is aligned left, and a preview is cut through a character',
    tests: [
      [OLD_BROWSER, 'aligns a text to the side its language begins at'],
      [WORDS, 'keeps no part of a family'],
    ],
  },
  {
    id: 'P15',
    fault: 'A step back enters a room again; bytes that are not UTF-8 are stored broken',
    tests: [
      [TABS, 'does not enter a room again by the step back from where it left it'],
      [BACK_END, 'a body %s is refused with the reason, and written nowhere'],
      [TERMINAL_TEXT, 'reads a character that two chunks share, and nothing from a line of other bytes'],
    ],
  },
  {
    id: 'P16',
    fault: 'A token that is too long is refused without a word',
    tests: [[SOCKETS, 'that is longer than the server reads ends the chat, and says so']],
  },
  {
    id: 'A5',
    fault: "A hostile text freezes every reader's page",
    tests: [
      [OLD_BROWSER, 'shows a text of hostile brackets without a long task'],
      [LINEAR, 'in %s'],
    ],
  },
  {
    id: 'A7',
    fault: 'A stolen guest token lasts for ever, and a sign-out revokes nothing',
    tests: [
      [GUESTS, 'ends 30 days after the first sign-in, however often it is renewed and under which name'],
      [
        'tests/local/signOut.test.ts',
        'a guest who signs out leaves a token that nothing takes, closed sockets, and others as they are',
      ],
    ],
  },
  {
    id: 'A8',
    fault: 'Hostile texts at the terminal, loose tokens, writes for refused requests',
    tests: [
      ['tests/cli/hostile.test.ts', 'prints nothing of a foreign text raw: %s'],
      ['tests/local/pieces.test.ts', 'shows what a stranger made a function print without its controls'],
      [OIDC, 'a token does not hold with %s'],
      [MODERATION, 'of an id that no user has is refused, and writes nothing'],
      [SERVICES, 'are refused without a signature: a page that a developer opens could send them'],
      [PUBLISH_FOR_BACK_END, 'who was told to wait is told again, also at a repeat, without any call'],
      ['tests/unit/authorizeHandshake.test.ts', 'a handshake with %s'],
      ['tests/local/cors.test.ts', 'a page of %s is refused, on every path'],
      ['tests/unit/permissions.test.ts', 'nothing where one of two says so'],
      ['tests/unit/floodPolicy.test.ts', 'a flood of %s is ended'],
    ],
  },
  {
    id: 'A9',
    fault: 'A guest can look like another user',
    tests: [
      [REFUSALS, 'has an id that a moderator can copy, and a mark beside a name that another user has'],
      [GUESTS, 'refuses one %s'],
      [WORDS, 'with %s are told apart'],
      [LINKS, 'leaves %s as text'],
    ],
  },
  {
    id: 'N5',
    fault: 'A banned user, a sixth tab and a removed user are not told why',
    tests: [
      [REFUSALS, 'reads until when a room is closed to them, and the room reads that they were removed'],
      [REFUSALS, 'reads until when they are banned'],
      [REFUSALS, 'reads why a sixth tab is refused, which connects once another is closed'],
      [OPERATOR, 'close the connections of a user that is banned everywhere, and refuse new ones'],
    ],
  },
  {
    id: 'N6',
    fault: 'Two tabs of a user show two states',
    tests: [
      [TABS, 'show a new name in both'],
      [TABS, 'sign out together, and leave nothing of the user'],
      [TABS, 'never take a read mark back'],
    ],
  },
  {
    id: 'N7',
    fault: 'The page is late to say that it is offline, and does not open then',
    tests: [
      [TABS, 'says at once that the device is offline'],
      [TABS, 'opens without a network'],
      [SLEEP, 'comes back with a new token, shows what it missed, and sends what waited, each once'],
      [UNSENT, 'waits in its room for its user, through a reload and beside another user of the device'],
    ],
  },
  {
    id: 'N8',
    fault: 'A moderator sees no ids, and a ban of an id that no user has is reported as done',
    tests: [
      [MODERATION, 'about an id that no user has is refused, and bans nobody'],
      [REFUSALS, 'has an id that a moderator can copy, and a mark beside a name that another user has'],
      [REFUSALS, 'reads until when a room is closed to them, and the room reads that they were removed'],
      [ROWS, 'keeps a system entry that nothing follows'],
    ],
  },
  {
    id: 'N13',
    fault: 'A name cannot be left as it is, a bad link shows another room, the last room stays',
    tests: [
      [TABS, 'show a new name in both'],
      [TABS, 'say that a link names no room, and let the only room stay'],
      [WORDS, 'makes %p fit to send'],
      [WORDS, 'counts once it matters'],
    ],
  },
];
