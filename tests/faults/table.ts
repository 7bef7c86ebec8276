import type { Fault } from './fault';
import { PAGE_FAULTS } from './page';
import { STACK_FAULTS } from './stack';

const CONTRACT = 'tests/stores/contract.ts';
const MODERATION = 'tests/unit/removeUser.test.ts';
const ANNOUNCEMENTS = 'tests/unit/announcements.test.ts';
const BACKLOG = 'tests/unit/backlog.test.ts';
const FLOODS = 'tests/unit/floodPolicy.test.ts';
const GHOSTS = 'tests/unit/ghosts.test.ts';
const RENEWAL = 'tests/unit/renewal.test.ts';
const ROOMS = 'tests/unit/roomActions.test.ts';
const PRICES = 'tests/stores/prices.test.ts';
const BUGS = 'tests/simulation/bugs.ts';
const LARGE_ROOMS = 'tests/unit/largeRooms.test.ts';
const FAN_OUT = 'tests/unit/fanOut.test.ts';
const PACING = 'tests/client/pacing.test.ts';
const OUTBOX = 'tests/client/outbox.test.ts';
const HOOKS = 'tests/browser/hooks.test.ts';
const ADAPTERS = 'tests/stores/adapters.test.ts';
const DELIVERY = 'tests/client/delivery.test.ts';
const SOCKETS = 'tests/client/sockets.test.ts';

/** Rows C1 to C17 and A1 to A3: the core. */
const CORE_FAULTS: readonly Fault[] = [
  {
    id: 'C1',
    fault: 'A user can grow their own row until no ban fits into it',
    tests: [
      [CONTRACT, 'can be banned by the operator, and by a moderator, however many bans they have'],
      [CONTRACT, 'are kept out by the longest of several bans, in whatever order they came'],
      [CONTRACT, 'keeps the list of rooms short: with too many of them every room is barred'],
    ],
  },
  {
    id: 'C2',
    fault: 'A reader that does not read delays every acknowledgement and join',
    tests: [
      [
        LARGE_ROOMS,
        'a member that never reads costs an acknowledgement every %s at most a tenth, and starts two workers',
      ],
      [
        LARGE_ROOMS,
        'a member of a large room whose posts are always answered %s keeps the worker for two seconds at most',
      ],
      [LARGE_ROOMS, 'a worker ends what a reply left within two seconds, and starts no other'],
      [FAN_OUT, 'is given up after a fourth try, and then tried once a frame while that is remembered'],
    ],
  },
  {
    id: 'C3',
    fault: 'The official client is closed as a flood for its own backlog',
    tests: [
      [PACING, 'sends a backlog of ten rooms as fast as the bucket allows, and is no flood'],
      [PACING, 'catches up with 50 rooms as fast as the bucket allows, and is no flood'],
      [
        BACKLOG,
        'a client sends the backlog of ten rooms within 1.2 times what its bucket needs, and is no flood',
      ],
      [BACKLOG, 'a client catches up with 50 rooms of 1,000 missed entries within a minute, and is no flood'],
      [BACKLOG, 'five tabs of a user that wait for one bucket are no flood'],
      [FLOODS, 'does not count refusals of a client that waits each time as long as it was asked to'],
    ],
  },
  {
    id: 'C4',
    fault: 'A post over HTTP gets above a kick',
    tests: [
      [
        'tests/unit/publishForBackEnd.test.ts',
        'writes nothing above a kick that came between its look for a ban and its read of the head',
      ],
      [BUGS, 'posts over HTTP without a look for a ban after the head was read'],
    ],
  },
  {
    id: 'C5',
    fault: 'A user at the connection limit cannot renew a connection',
    tests: [
      [RENEWAL, '%s renew for a day with no message late'],
      [RENEWAL, 'a change of network brings 5 tabs of 5 back at once'],
      [RENEWAL, 'a sixth tab is told why it is refused, and comes in when another closes'],
      [RENEWAL, 'a banned user is told until when'],
      [RENEWAL, 'a tab whose renewal was lost on its way finds out at once that its connection was given up'],
    ],
  },
  {
    id: 'C6',
    fault: 'A late leave removes the member row of a later join',
    tests: [
      [ROOMS, 'a leave that comes late takes nothing from a later join'],
      [CONTRACT, 'keeps the row of a later join from a removal that is late'],
    ],
  },
  {
    id: 'C7',
    fault: "A removed user's silent socket goes on receiving",
    tests: [
      [
        MODERATION,
        'leaves no socket behind that a kick would not find, though making room for another broke off',
      ],
      [MODERATION, 'finds a room whose leave broke off'],
      [
        ROOMS,
        'goes on in the other rooms when one cannot be reached, says so, and a repeat finds what is left',
      ],
      [ROOMS, 'a join that its connection did not outlive leaves no member behind'],
    ],
  },
  {
    id: 'C8',
    fault: 'Rows that a crash left without an expiry stay for ever',
    tests: [
      [
        'tests/unit/sendMessage.test.ts',
        'what a crash left is given its expiry within the next messages, and so are rows from before the retention',
      ],
      [BUGS, 'gives a row that was missed no expiry later'],
    ],
  },
  {
    id: 'C9',
    fault: "An outbox adopts another user's sends",
    tests: [[OUTBOX, "leaves another user's message to that user, however long the other page is open"]],
  },
  {
    id: 'C10',
    fault: "A user's own order turns round when the device's clock is set back",
    tests: [[OUTBOX, 'keeps the order of sends when the clock of the device is set back']],
  },
  {
    id: 'C11',
    fault: 'A message that is in the log is reported as refused',
    tests: [['tests/client/sending.test.ts', 'is unknown, not refused, after the join is refused']],
  },
  {
    id: 'C12',
    fault: 'A room that is mounted while the chat is closed never joins',
    tests: [[HOOKS, 'join a room that was mounted while the chat was closed, once it is connected']],
  },
  {
    id: 'C13',
    fault: 'More than 100 connections of a user cannot be read',
    tests: [
      [ADAPTERS, 'a batch of any size is read in parts of a hundred keys, those left out among them'],
      [CONTRACT, 'looks at any number of connections, more than one batch of the database holds'],
    ],
  },
  {
    id: 'C14',
    fault: 'A client that died is shown for ten minutes',
    tests: [
      [GHOSTS, '%s dies without a word and is shown no longer than the protocol says'],
      [GHOSTS, 'a client that was silent for too long is shown again at its next ping'],
      [CONTRACT, 'lapses once for each room, is not in it by its pings then, and enters it again'],
    ],
  },
  {
    id: 'C15',
    fault: 'A kick that lost an answer or broke off is not completed',
    tests: [
      [MODERATION, 'after its entry was written, before that was answered, is done'],
      [MODERATION, 'before its entry was written is completed by a repeat, which tells everybody'],
    ],
  },
  {
    id: 'C16',
    fault: 'An erasure ends at a row that has expired meanwhile',
    tests: [['tests/stores/erasureContract.ts', 'goes on past a row that has expired meanwhile']],
  },
  {
    id: 'C17',
    fault: 'A post of a log that was replaced is shown under the new log',
    tests: [
      [DELIVERY, 'shows no post of a log that was replaced'],
      [DELIVERY, 'shows no post of a replaced log that came before the first join was answered'],
      [DELIVERY, 'takes no acknowledgement of another log for one of this log'],
    ],
  },
  {
    id: 'A1',
    fault: 'A refused frame reads thousands of units',
    tests: [
      [PRICES, '$frame costs no more than its row says'],
      [PRICES, '$frame, refused: $why, costs at most 3 read and 2 write units'],
      [PRICES, 'every action, route and function has its prices, and the page has a row for each'],
      [
        'tests/stores/unitQuota.test.ts',
        'a user consumes at most 200 read and 40 write units a second on average, with $kind, in $containers containers',
      ],
    ],
  },
  {
    id: 'A2',
    fault: 'Joins and leaves of one connection cause thousands of announcements',
    tests: [
      [ANNOUNCEMENTS, 'a user that %s, again and again, causes ten announcements in ten seconds'],
      [
        ANNOUNCEMENTS,
        'rooms that were not told of a join are told by later pings, all of them that a member shares in one frame',
      ],
      [ANNOUNCEMENTS, 'a connection that closes tells a member of all rooms in one frame'],
      [ANNOUNCEMENTS, 'a user that joins and leaves without end has to wait'],
    ],
  },
  {
    id: 'A3',
    fault: "A moderator can make another user's row too large for a ban",
    tests: [[CONTRACT, 'can be banned by the operator, and by a moderator, however many bans they have']],
  },
];

/** What the reviews only suspected, each settled by a run. */
const SUSPICIONS: readonly Fault[] = [
  {
    id: 'L1',
    fault: 'A ban everywhere writes no entry where its user has no connection: later posts could be written',
    tests: [
      [
        'tests/unit/publishForBackEnd.test.ts',
        'writes nothing of an author banned everywhere but what was under way, in whatever room',
      ],
    ],
  },
  {
    id: 'L2',
    fault: 'A send that was tried in another log is sent when it is restored after the join',
    tests: [[OUTBOX, 'cannot tell of a send that was tried in another log and is adopted after the join']],
  },
  {
    id: 'L3',
    fault: 'A read behind a day of expired rows reads all of them',
    tests: [
      [ADAPTERS, 'are found above %s in a few calls'],
      [ADAPTERS, 'are not looked for below the expired ones'],
    ],
  },
  {
    id: 'L4',
    fault: 'What a closed tab has left waits until another tab connects again',
    tests: [[OUTBOX, "sends what a closed tab has left while this user's other tab stays connected"]],
  },
  {
    id: 'L5',
    fault: 'A device that comes online again and again never finishes a slow handshake',
    tests: [[SOCKETS, 'opens a slow connection although the device comes online every two seconds']],
  },
];

/** Every row of the reviews. A row without a test is open. */
export const FAULTS: readonly Fault[] = [...CORE_FAULTS, ...SUSPICIONS, ...PAGE_FAULTS, ...STACK_FAULTS];
