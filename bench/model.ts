import { createCommand, runProgram } from '../cli/commandLine/command';
import { framesPerMessage, USUAL } from './cost/usage';
import { printTable, short } from './harness/report';

/** Distribution of users over rooms: the part of the users in rooms of each size. */
interface Spread {
  name: string;
  rooms: readonly { part: number; members: number }[];
}

const SPREADS: Spread[] = [
  { name: 'teams: rooms of 10', rooms: [{ part: 1, members: 10 }] },
  { name: 'clubs: rooms of 50', rooms: [{ part: 1, members: 50 }] },
  {
    name: 'mixed: 10, a fifth in 100, a twentieth in 1,000',
    rooms: [
      { part: 0.75, members: 10 },
      { part: 0.2, members: 100 },
      { part: 0.05, members: 1_000 },
    ],
  },
  {
    name: 'stages: a tenth in rooms of 10,000',
    rooms: [
      { part: 0.9, members: 10 },
      { part: 0.1, members: 10_000 },
    ],
  },
];
const ONLINE = [1_000, 100_000, 1_000_000];
const MESSAGES_AN_HOUR = 5;
const COALESCE_MS = 100;

/** An account's default quotas, as AWS publishes them. */
const QUOTAS = {
  /** Requests to API Gateway a second: HTTP, frames from clients and posts to connections together. */
  requests: 10_000,
  /** Requests at once that the same bucket holds. */
  burst: 5_000,
  connectsPerSecond: 500,
  concurrency: 1_000,
  /** Writes a second to one partition: to one room's log. */
  roomWrites: 1_000,
  /** Writes a second that a new on-demand table serves at once. */
  tableWrites: 4_000,
};
const CONNECTION_SECONDS = 7_200;
const SEND_SECONDS = 0.06;
const PING_SECONDS = 0.015;

/** Load on each quota, as a part of it. */
interface Load {
  postsPerSecond: number;
  parts: Record<string, number>;
}

/** `npm run model`: prints which quota a growing number of users reaches first, and what to raise in which order. */
function main(): void {
  console.log(
    `Each user sends ${MESSAGES_AN_HOUR} messages an hour and pings every ${USUAL.pingSeconds} s. ` +
      'Parts of each quota, before anything is raised; above 100 % it binds.\n',
  );
  for (const online of ONLINE) {
    const loads = SPREADS.map((spread) => ({ spread, load: loadOf(online, spread) }));
    const names = Object.keys(loads[0]?.load.parts ?? {});
    printTable(
      [`${online.toLocaleString('en-US')} online`, 'posts/s', ...names, 'binds first', 'so raise, or do'],
      loads.map(({ spread, load }) => {
        const [name, part] = Object.entries(load.parts).reduce((a, b) => (b[1] > a[1] ? b : a));
        return [
          spread.name,
          short(load.postsPerSecond),
          ...names.map((each) => percent(load.parts[each] ?? 0)),
          part < 1 ? 'nothing' : name,
          part < 1 ? '–' : (REMEDIES[name] ?? ''),
        ];
      }),
    );
  }
  printStorm();
  printRooms();
  console.log(ORDER);
}

const REMEDIES: Record<string, string> = {
  requests: 'the account’s requests a second (L-8A5B8E43)',
  Lambda: 'concurrent executions (L-B99A9384)',
  connects: 'new connections a second',
  'hottest room': 'coalescing; the room is a stage',
  'table writes': 'warm throughput, or let it grow',
};

function loadOf(online: number, { rooms }: Spread): Load {
  const sends = (online * MESSAGES_AN_HOUR) / 3600;
  const posts = rooms.reduce(
    (sum, { part, members }) => sum + sends * part * (Math.min(members, online * part) - 1),
    0,
  );
  const pings = online / USUAL.pingSeconds;
  const connects = online / CONNECTION_SECONDS;
  const largest = Math.max(...rooms.map(({ members }) => Math.min(members, online)));
  const hottest = (largest * MESSAGES_AN_HOUR) / 3600;
  return {
    postsPerSecond: posts,
    parts: {
      requests: (posts + sends + pings + 3 * connects) / QUOTAS.requests,
      Lambda:
        (sends * SEND_SECONDS + pings * PING_SECONDS + 4 * connects * PING_SECONDS) / QUOTAS.concurrency,
      connects: connects / QUOTAS.connectsPerSecond,
      'hottest room': hottest / QUOTAS.roomWrites,
      'table writes': (3 * sends + pings + 6 * connects) / QUOTAS.tableWrites,
    },
  };
}

/** All users that reconnect at once after a deployment or an outage. */
function printStorm(): void {
  console.log('All users reconnect at once: how long until the last is back, at 500 connects a second\n');
  printTable(
    ['online', 'seconds'],
    ONLINE.map((online) => [online.toLocaleString('en-US'), short(online / QUOTAS.connectsPerSecond)]),
  );
}

/** One room alone: its rate under the account's quota, before and after frames are coalesced. */
function printRooms(): void {
  console.log('One room: how long its last receiver waits for the quota, and how fast it may talk\n');
  printTable(
    ['members', 's to the last', 'messages/s', `messages/s in frames of ${COALESCE_MS} ms`],
    [100, 1_000, 10_000, 100_000].map((members) => {
      const wait = Math.max(0, members - QUOTAS.burst) / QUOTAS.requests;
      const messages = QUOTAS.requests / members;
      return [members.toLocaleString('en-US'), short(wait), short(messages), rateOf(coalesced(members))];
    }),
  );
}

function rateOf(rate: number): string {
  return Number.isFinite(rate) ? short(rate) : 'any';
}

/** The rate at which a room's frames, each with all messages of its window, fill the quota; `∞` for never. */
function coalesced(members: number): number {
  const framesPerSecond = QUOTAS.requests / members;
  if (framesPerSecond >= 1000 / COALESCE_MS) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 60; i++) {
    const rate = (low + high) / 2;
    const frames =
      rate * framesPerMessage({ ...USUAL, members: 1, messages: rate * 3600, coalesceMs: COALESCE_MS });
    if (frames < framesPerSecond) low = rate;
    else high = rate;
  }
  return low;
}

function percent(part: number): string {
  return part < 0.01 ? '< 1 %' : `${Math.round(part * 100).toLocaleString('en-US')} %`;
}

const ORDER = `In this order
1. Raise the account’s API Gateway requests a second, and tell the stack (REQUESTS_PER_SECOND): posts bind first
   everywhere, and one worker at 1 vCPU posts faster than the default quota allows.
2. Ping less often (5 minutes instead of 30 s): above 100,000 people pings alone fill the default quota.
3. Raise Lambda concurrency, and new connections a second; until then clients' jittered reconnects spread a storm.
4. Coalesce hot rooms: rooms with more than about 10 messages a second leave as one frame per 100 ms.
5. Above 20,000 requests a second, several workers for rooms of 10,000 and more, each with a part of the members.
6. At 1,000,000 people one API's quota is the account's: several accounts or Regions, each with an API of its own,
   behind one distribution that picks the API by the room's hash.
`;

void runProgram(
  createCommand('npm run model --')
    .description('Print which quota a growing community reaches first, and what to raise in which order.')
    .action(main),
);
