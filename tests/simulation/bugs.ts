import type { Patch } from './bundle';
import type { Violation } from './checker';

/** A mistake somebody could make in the real sources, and what the checker must call it. */
export interface Bug {
  name: string;
  patches: Patch[];
  caughtAs: Violation['kind'][];
}

const APPEND = 'lib/append.ts';
const PUBLISH = 'lib/publish.ts';
const ROOMS = 'lib/rooms.ts';

export const bugs: Bug[] = [
  {
    name: 'acknowledges before the put has succeeded',
    patches: [
      {
        file: APPEND,
        find: "if ((await log.put(send.room, entry)) === 'written') {",
        replace: 'log.put(send.room, entry).catch(() => {});\n      if (attempt >= 0) {',
      },
    ],
    caughtAs: ['wrongAck', 'inconsistent', 'stuck', 'duplicate'],
  },
  {
    name: 'acknowledges a message it could not write',
    patches: [
      {
        file: PUBLISH,
        find: "    case 'unavailable':\n      return failure(message, UNAVAILABLE);",
        replace:
          "    case 'unavailable':\n      return { type: 'ack', room: send.room, id: send.id, seq: send.after + 1, at: now };",
      },
    ],
    caughtAs: ['wrongAck', 'stuck', 'ownOrder'],
  },
  {
    name: 'does not look for the id before it writes',
    patches: [
      { file: APPEND, find: '  if (mine) return found(mine, remembered ? [] : run);\n', replace: '' },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'does not look at who took the slot',
    patches: [
      {
        file: APPEND,
        find: '      if (mine) return found(mine, [...superseded, ...taken]);\n',
        replace: '',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'takes the next slot after an unknown outcome',
    patches: [
      {
        file: APPEND,
        find: '      if (!(error instanceof Unavailable)) throw error;',
        replace: '      if (!(error instanceof Unavailable)) throw error;\n      head++;',
      },
    ],
    caughtAs: ['duplicate', 'hole'],
  },
  {
    name: 'takes the head from memory without looking back to `after`',
    patches: [
      {
        file: 'lib/memory.ts',
        find: 'if (after < first.seq - 1 || after > last.seq) return undefined;',
        replace: 'if (after > last.seq) return undefined;',
      },
      {
        file: APPEND,
        find: "if (!startsAt(run, send.after) || !isUnbroken(run)) return { outcome: 'behind' };",
        replace:
          "if (!remembered && (!startsAt(run, send.after) || !isUnbroken(run))) return { outcome: 'behind' };",
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'lets the newest row expire',
    patches: [
      {
        file: PUBLISH,
        find: '        expire(world, send.room, written.superseded),\n      );\n      return acknowledge(send, written.entry, false);',
        replace:
          '        expire(world, send.room, [...written.superseded, { ...written.entry, user: sender.user.id }]),\n      );\n      return acknowledge(send, written.entry, false);',
      },
    ],
    caughtAs: ['headExpired', 'reused', 'falseReset', 'stuck'],
  },
  {
    name: 'lists the members before the commit',
    patches: [
      {
        file: PUBLISH,
        find: '  const isLimited = charged',
        replace:
          '  const early: Member[][] = [];\n  for await (const page of world.members.list(send.room, 501)) early.push(page);\n  const isLimited = charged',
      },
      {
        file: PUBLISH,
        find: 'publish(world, { room: send.room, seq: written.entry.seq, except: sender.id }, written.entry),',
        replace:
          'publish({ ...world, members: { ...world.members, list: async function* () { yield* early; } } }, { room: send.room, seq: written.entry.seq, except: sender.id }, written.entry),',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'reads the log before it writes the member row',
    patches: [
      { file: ROOMS, find: '  await world.members.add(member);\n', replace: '' },
      {
        file: ROOMS,
        find: "  return { type: 'joined', room,",
        replace: "  await world.members.add(member);\n  return { type: 'joined', room,",
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'posts to the members of another room',
    patches: [
      {
        file: PUBLISH,
        find: 'world.members.list(job.room, MOST_IN_REPLY + 1)',
        replace: "world.members.list('red', MOST_IN_REPLY + 1)",
      },
    ],
    caughtAs: ['leak'],
  },
  {
    name: 'gives history in the wrong order',
    patches: [{ file: 'lib/history.ts', find: 'messages: run.reverse()', replace: 'messages: run' }],
    caughtAs: ['skipped', 'inconsistent', 'stuck', 'falseGap', 'duplicate'],
  },
  {
    name: 'drops an entry from what a client missed',
    patches: [
      {
        file: 'lib/history.ts',
        find: 'read.filter((entry) => entry.seq > after)',
        replace: 'read.filter((entry) => entry.seq > after + 1)',
      },
    ],
    caughtAs: ['falseGap', 'skipped', 'stuck'],
  },
  {
    name: 'reads the log with eventual consistency',
    patches: [
      {
        file: 'tests/simulation/stores.ts',
        find: 'return walk(room, seq, 1, limit, () => true).map(',
        replace:
          'return walk(room, seq, 1, limit, () => true).slice(0, Math.random() < 0.3 ? -1 : undefined).map(',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'takes a passing failure of a post for a closed connection and never says so',
    patches: [
      {
        file: 'lib/fanOut.ts',
        find: "if (delivery === 'gone') result.gone.push(connection);",
        replace: "if (delivery !== 'delivered') result.gone.push(connection);",
      },
    ],
    caughtAs: ['late', 'stuck'],
  },
];
