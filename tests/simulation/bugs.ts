import type { Patch } from './bundle';
import type { Violation } from './checker';
import type { Kind } from './scenario';

/** A planted bug in the real sources, and the violation that the checker must report. */
export interface Bug {
  name: string;
  patches: Patch[];
  /** The kind of scenario that gives it the chance to show. */
  kind: Kind;
  caughtAs: Violation['kind'][];
}

const APPEND = 'lib/log/appendEntry.ts';
const SEARCH = 'lib/log/findDuplicate.ts';
const PUBLISH = 'lib/delivery/appendAndAcknowledge.ts';
const ROOMS = 'lib/actions/joinRoom.ts';
const MODERATION = 'lib/moderation/removeUser.ts';
const ROOM = 'client/room/room.ts';
const CHAT = 'client/chat.ts';

export const bugs: Bug[] = [
  {
    name: 'tells nobody in a pong that they are behind',
    kind: 'orphan',
    patches: [
      {
        file: 'lib/actions/ping.ts',
        find: '  const behind = next.size > 0 ? await context.log.roomsBeyond(next) : [];',
        replace: '  const behind: string[] = [];',
      },
    ],
    caughtAs: ['late', 'stuck'],
  },
  {
    name: 'acknowledges before the put has succeeded',
    kind: 'faulty',
    patches: [
      {
        file: APPEND,
        find: "if ((await log.put(send.room, entry, send.hash)) === 'written') {",
        replace: 'log.put(send.room, entry, send.hash).catch(() => {});\n      if (attempt >= 0) {',
      },
    ],
    caughtAs: ['wrongAck', 'inconsistent', 'stuck', 'duplicate'],
  },
  {
    name: 'takes an unknown outcome for success',
    kind: 'faulty',
    patches: [
      {
        file: APPEND,
        find: '      if (!(error instanceof Unavailable)) throw error;',
        replace:
          "      if (!(error instanceof Unavailable)) throw error;\n      return { kind: 'written', entry: send.toEntry(head + 1, clock.now()), superseded };",
      },
    ],
    caughtAs: ['wrongAck', 'inconsistent', 'stuck', 'hole', 'reused'],
  },
  {
    name: 'does not look for the id before it writes',
    kind: 'faulty',
    patches: [
      {
        file: SEARCH,
        find: '  if (mine) return toDuplicate(send, mine, remembered ? [] : run);\n',
        replace: '',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'does not look at who took the slot',
    kind: 'faulty',
    patches: [
      {
        file: APPEND,
        find: '        if (mine) return toDuplicate(send, mine, [...superseded, ...part]);\n',
        replace: '',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'takes the next slot after an unknown outcome',
    kind: 'faulty',
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
    kind: 'faulty',
    patches: [
      {
        file: 'lib/log/recentLogCache.ts',
        find: 'if (after < first.seq - 1 || after > last.seq) return undefined;',
        replace: 'if (after > last.seq) return undefined;',
      },
      {
        file: SEARCH,
        find: "if (!startsAtCursor(run, send.after) || !isUnbroken(run)) return { kind: 'behind' };",
        replace:
          "if (!remembered && (!startsAtCursor(run, send.after) || !isUnbroken(run))) return { kind: 'behind' };",
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'lets the newest row expire',
    kind: 'long',
    patches: [
      {
        file: PUBLISH,
        find: "        expireSuperseded(context, room, written.superseded),\n      );\n      const ack: Ack = { type: 'ack', room, log, id, seq: written.entry.seq",
        replace:
          "        expireSuperseded(context, room, [...written.superseded, { ...written.entry, user: send.from.id }]),\n      );\n      const ack: Ack = { type: 'ack', room, log, id, seq: written.entry.seq",
      },
    ],
    caughtAs: ['headExpired', 'reused', 'falseReset', 'stuck'],
  },
  {
    name: 'lists the members before the commit',
    kind: 'joins',
    patches: [
      {
        file: PUBLISH,
        find: '  const written =\n',
        replace:
          '  const early: Member[][] = [];\n  for await (const page of context.members.list(send.room, 501)) early.push(page);\n  await context.clock.wait(60);\n  const written =\n',
      },
      {
        file: PUBLISH,
        find: 'settleAll(\n        deliverEntry(context, job(entry.seq), entry),',
        replace:
          'settleAll(\n        deliverEntry({ ...context, members: { ...context.members, list: async function* () { yield* early; } } }, job(entry.seq), entry),',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'reads the log before it writes the member row',
    kind: 'joins',
    patches: [
      {
        file: ROOMS,
        find: '  const added = await context.members.add(member, entered.fence);\n',
        replace: "  const added = 'new' as string;\n",
      },
      {
        file: ROOMS,
        find: "  return { type: 'joined', room,",
        replace: "  await context.members.add(member);\n  return { type: 'joined', room,",
      },
    ],
    caughtAs: ['late', 'wrongPresence'],
  },
  {
    name: 'posts to the members of another room',
    kind: 'calm',
    patches: [
      {
        file: 'lib/delivery/deliverEntry.ts',
        find: 'members.list(job.room, MAX_MEMBERS_IN_REPLY + 1)',
        replace: "members.list('red', MAX_MEMBERS_IN_REPLY + 1)",
      },
    ],
    caughtAs: ['leak'],
  },
  {
    name: 'gives history in the wrong order',
    kind: 'faulty',
    patches: [{ file: 'lib/log/readPage.ts', find: 'messages: run.reverse()', replace: 'messages: run' }],
    caughtAs: ['skipped', 'inconsistent', 'stuck', 'falseGap', 'duplicate'],
  },
  {
    name: 'drops an entry from what a client missed',
    kind: 'faulty',
    patches: [
      {
        file: 'lib/log/readPage.ts',
        find: 'read.filter((entry) => entry.seq > after)',
        replace: 'read.filter((entry) => entry.seq > after + 1)',
      },
    ],
    caughtAs: ['falseGap', 'skipped', 'stuck'],
  },
  {
    name: 'reads the members with eventual consistency',
    kind: 'joins',
    patches: [
      {
        file: 'tests/simulation/stores.ts',
        find: 'const listed = [...(sorted.get(room) ?? sort(room))]',
        replace:
          'const listed = [...(sorted.get(room) ?? sort(room))].slice(0, pageSize > 500 ? -1 : undefined)',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'reads the log at a join with eventual consistency',
    kind: 'joins',
    patches: [
      {
        file: 'tests/simulation/stores.ts',
        find: '      return walk(room, from, -1, limit, isLive(now)).map(([, row]) => read(row));',
        replace:
          '      return walk(room, Math.max(0, from - 1), -1, limit, isLive(now)).map(([, row]) => read(row));',
      },
    ],
    caughtAs: ['late', 'skipped', 'stuck', 'falseReset'],
  },
  {
    name: 'forgets a connection because a post to it failed for now',
    kind: 'faulty',
    patches: [
      {
        file: 'lib/fanOut/fanOut.ts',
        find: "if (delivery === 'gone') result.gone.push(connection);",
        replace: "if (delivery !== 'delivered') result.gone.push(connection);",
      },
    ],
    caughtAs: ['forgotten'],
  },
  {
    name: 'never repeats a send',
    kind: 'faulty',
    patches: [
      {
        file: 'client/room/inFlightSend.ts',
        find: '      attempt = connection.isOpen() ? attempt + 1 : 0;\n      transmit();',
        replace: '      if (!connection.isOpen()) transmit();',
      },
    ],
    caughtAs: ['stuck'],
  },
  {
    name: 'calls a send refused whose earlier attempt may have been written',
    kind: 'kicks',
    patches: [
      {
        file: 'client/room/inFlightSend.ts',
        find: 'return message.isInDoubt && isAboutRoom ?',
        replace: 'return message.isInDoubt && !isAboutRoom ?',
      },
    ],
    caughtAs: ['falseRefusal'],
  },
  {
    name: 'repeats a send under another `after`',
    kind: 'faulty',
    patches: [
      {
        file: 'client/room/inFlightSend.ts',
        find: 'const frame = frameOf(message.record);',
        replace:
          'const frame = frameOf({ ...message.record, after: (message.record.after ?? 0) + 3 * attempt });',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'shows an entry before the ones below it',
    kind: 'faulty',
    patches: [
      {
        file: 'client/timeline/reorderBuffer.ts',
        find: '      hold(entry);\n      advance();',
        replace:
          '      if (cursor !== undefined) {\n        cursor = entry.seq;\n        events.onDelivered(entry);\n        return;\n      }\n      hold(entry);\n      advance();',
      },
    ],
    caughtAs: ['skipped'],
  },
  {
    name: 'shows an entry again',
    kind: 'faulty',
    patches: [
      {
        file: 'client/timeline/reorderBuffer.ts',
        find: '      if (cursor !== undefined && entry.seq <= cursor) return;',
        replace: '      if (cursor !== undefined && entry.seq <= cursor) return events.onDelivered(entry);',
      },
    ],
    caughtAs: ['skipped'],
  },
  {
    name: 'never fills a hole',
    kind: 'faulty',
    patches: [
      {
        file: 'client/timeline/gapFiller.ts',
        find: 'nextPosition: () => (reorder.isBehind() ?',
        replace: 'nextPosition: () => (!reorder.isBehind() ?',
      },
    ],
    caughtAs: ['stuck'],
  },
  {
    name: 'tells of a kick before the rights are gone',
    kind: 'kicks',
    patches: [
      {
        file: MODERATION,
        find: '  const out = await evict(context, room, ids);\n',
        replace:
          '  await recordRemoval(context, room, order, []);\n  const out = await evict(context, room, ids);\n',
      },
    ],
    caughtAs: ['leakAfterKick', 'writtenAfterKick'],
  },
  {
    name: 'lets a connection enter that is barred',
    kind: 'kicks',
    patches: [
      {
        file: 'tests/simulation/stores.ts',
        find: "        if (isBarred && row.fence !== clearedFence) return { kind: 'banned', fence: row.fence };\n",
        replace: '',
      },
    ],
    caughtAs: ['leakAfterKick', 'writtenAfterKick'],
  },
  {
    name: 'does not bar a new connection of a banned user',
    kind: 'kicks',
    patches: [
      {
        file: 'lib/connections/openConnection.ts',
        find: '      if (arrival.banCheckRooms.length > 0) await connections.requireBanCheck(id, arrival.banCheckRooms);\n',
        replace: '',
      },
    ],
    caughtAs: ['leakAfterKick', 'writtenAfterKick'],
  },
  {
    name: 'appends without asking again after it met the removal of its author',
    kind: 'kicks',
    patches: [
      {
        file: APPEND,
        find: "      if (removed && !(await isStillAllowed())) return { kind: 'removed' };\n",
        replace: '',
      },
    ],
    caughtAs: ['writtenAfterKick'],
  },
  {
    name: 'takes the member row of a join from before the kick',
    kind: 'kicks',
    patches: [
      {
        file: ROOMS,
        find: 'context.members.add(member, entered.fence)',
        replace: 'context.members.add(member, Number.MAX_SAFE_INTEGER)',
      },
    ],
    caughtAs: ['leakAfterKick'],
  },
  {
    name: 'gives a row that was missed no expiry later',
    kind: 'long',
    patches: [
      {
        file: 'lib/log/expiry.ts',
        find: 'head % SWEEP_EVERY === 0 ?',
        replace: 'head % SWEEP_EVERY === SWEEP_EVERY ?',
      },
    ],
    caughtAs: ['neverExpires'],
  },
  {
    name: 'shows what comes of a log that was replaced',
    kind: 'restored',
    patches: [
      { file: ROOM, find: '        if (isForeign(logId)) return;\n', replace: '' },
      {
        file: 'client/timeline/roomLog.ts',
        find: 'if (logId === undefined || logId === id) onEntry(entry)',
        replace: 'onEntry(entry)',
      },
    ],
    caughtAs: ['inconsistent', 'skipped'],
  },
  {
    name: 'takes an acknowledgement of a log that was replaced',
    kind: 'restored',
    patches: [{ file: ROOM, find: '        if (isForeign(message.log)) return;\n', replace: '' }],
    caughtAs: ['wrongAck', 'inconsistent', 'skipped', 'ownOrder'],
  },
  {
    name: 'goes on where it was in a log of another name',
    kind: 'restored',
    patches: [
      { file: ROOM, find: '(reply.reset || isForeign(reply.log))', replace: 'reply.reset' },
      {
        file: ROOM,
        find: 'if (isForeign(id)) onReplaced();',
        replace: '',
      },
    ],
    caughtAs: ['missedReset', 'inconsistent', 'stuck'],
  },
  {
    name: 'tells no client that its cursor is above the head',
    kind: 'restored',
    patches: [
      {
        file: 'lib/log/readPage.ts',
        find: '  if (read.length === 0 && after > 0) return { messages: [], more: false, reset: true };\n',
        replace: '',
      },
    ],
    caughtAs: ['missedReset', 'stuck', 'inconsistent'],
  },
  {
    name: 'takes a page of a log that was replaced',
    kind: 'restored',
    patches: [
      {
        file: 'client/timeline/roomLog.ts',
        find: 'const isOwn = (page.log ?? id) === id;',
        replace: 'const isOwn = true;',
      },
    ],
    caughtAs: ['inconsistent'],
  },
  {
    name: 'sends as a user what waits of another',
    kind: 'signIns',
    patches: [
      { file: CHAT, find: '      for (const room of rooms.values()) room.dropSends(error);\n', replace: '' },
    ],
    caughtAs: ['wrongAuthor'],
  },
  {
    name: 'keeps the connection of the user before',
    kind: 'signIns',
    patches: [
      {
        file: CHAT,
        find: '      for (const connection of connectionManager.connections()) connection.close();\n',
        replace: '',
      },
    ],
    caughtAs: ['wrongAuthor', 'notAllowed', 'stuck'],
  },
  {
    name: 'connects after a sign-out with the token of the user before',
    kind: 'signIns',
    patches: [
      {
        file: 'client/connection/connectionManager.ts',
        find: "      tokens.invalidate('first');\n",
        replace: '',
      },
    ],
    caughtAs: ['wrongAuthor'],
  },
  {
    name: 'keeps what the user before may do',
    kind: 'signIns',
    patches: [
      { file: ROOM, find: '    can = reply.can;', replace: '    if (can.length === 0) can = reply.can;' },
    ],
    caughtAs: ['notAllowed'],
  },
  {
    name: 'searches only the last taken row for a removal',
    kind: 'kicks',
    patches: [
      {
        file: APPEND,
        find: 'removed ||= part.some((slot) => isRemoval(slot, send));',
        replace: 'removed = part.slice(-1).some((slot) => isRemoval(slot, send));',
      },
    ],
    caughtAs: ['writtenAfterKick'],
  },
  {
    name: 'posts over HTTP without a look for a ban after the head was read',
    kind: 'kicks',
    patches: [
      {
        file: 'lib/actions/publishForBackEnd.ts',
        find: 'if (isStillAllowed && publication.after === undefined',
        replace: 'if (false && isStillAllowed && publication.after === undefined',
      },
    ],
    caughtAs: ['writtenAfterKick'],
  },
  {
    name: "adopts another user's sends from a shared outbox",
    kind: 'pages',
    patches: [
      {
        file: 'client/outbox/outboxSession.ts',
        find: '=> (record.user ?? user) === user;',
        replace: "=> record.id !== '' && user !== '';",
      },
    ],
    caughtAs: ['wrongAuthor', 'stuck'],
  },
  {
    name: 'leaves the sends of an earlier page in the outbox',
    kind: 'pages',
    patches: [
      {
        file: 'client/outbox/outboxSession.ts',
        find: 'isOwn(record) ? restore(record) : remove(record.id)',
        replace: 'if (!isOwn(record)) remove(record.id)',
      },
    ],
    caughtAs: ['stuck'],
  },
  {
    name: 'does not sort the sends of an earlier page before its own',
    kind: 'pages',
    patches: [
      {
        file: 'client/room/sendQueue.ts',
        find: '.sort((a, b) => byOrder(a.record, b.record));',
        replace: ';',
      },
    ],
    caughtAs: ['ownOrder'],
  },
  {
    name: 'moves only some of its sends behind those of an earlier page',
    kind: 'pages',
    patches: [
      {
        file: 'client/room/sendQueue.ts',
        find: 'for (const message of own.slice(first)) {',
        replace: 'for (const message of own.filter(({ record }) => record.order <= order)) {',
      },
    ],
    caughtAs: ['ownOrder'],
  },
  {
    name: 'waits for the time that a device had before its clock was set back',
    kind: 'pages',
    patches: [
      {
        file: 'client/connection/pacer.ts',
        find: '    nextAt -= setBackMs;\n',
        replace: '',
      },
    ],
    caughtAs: ['stuck'],
  },
  {
    name: 'takes an honest client for a flood',
    kind: 'faulty',
    patches: [
      {
        file: 'lib/rateLimiting/floodDetector.ts',
        find: 'const MAX_REFUSALS = 60;',
        replace: 'const MAX_REFUSALS = 1;',
      },
    ],
    caughtAs: ['honestFlood'],
  },
  {
    name: 'does not know its own send again after an erasure',
    kind: 'faulty',
    patches: [
      {
        file: 'lib/log/entryIdentity.ts',
        find: 'slot.id === draft.id && isAbout(slot, draft)',
        replace: 'slot.id === draft.id && slot.user === draft.from.id',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'leaves erased messages out of an export',
    kind: 'faulty',
    patches: [
      {
        file: 'lib/operator/exportCommand.ts',
        find: 'return { messages,',
        replace: "return { messages: messages.filter(({ type }) => type === 'message'),",
      },
    ],
    caughtAs: ['wrongExport'],
  },
  {
    name: 'forgets a user that joined while the list of members was read',
    kind: 'joins',
    patches: [
      {
        file: 'client/presence.ts',
        find: 'note(frame.member, true);',
        replace: '',
      },
    ],
    caughtAs: ['wrongPresence'],
  },
  {
    name: 'lets no connection of a full house be replaced',
    kind: 'tabs',
    patches: [
      {
        file: 'lib/connections/openConnection.ts',
        find: 'present.filter((other) => other.session === session)',
        replace: 'present.filter((other) => other.session === id)',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'takes the slot of a put that the adapter repeated for that of another',
    kind: 'faulty',
    patches: [
      {
        file: APPEND,
        find: 'const mine = part.find((slot) => isOwn(slot, send));',
        replace: 'const mine = conflicts > 1 ? part.find((slot) => isOwn(slot, send)) : undefined;',
      },
    ],
    caughtAs: ['duplicate'],
  },
  {
    name: 'lets a user enter a room that the new token does not allow to read',
    kind: 'rights',
    patches: [{ file: 'lib/actions/neededRights.ts', find: "  joinRoom: ['read'],\n", replace: '' }],
    caughtAs: ['leak'],
  },
  {
    name: 'lets a user write to a room that the new token allows only to read',
    kind: 'rights',
    patches: [
      {
        file: 'lib/actions/neededRights.ts',
        find: "sendMessage: ['write'],",
        replace: "sendMessage: ['read'],",
      },
    ],
    caughtAs: ['writtenWithoutRight'],
  },
  {
    name: 'lets an acknowledgement wait for a client that does not read',
    kind: 'slow',
    patches: [
      {
        file: 'lib/delivery/deliverEntry.ts',
        find: '{ maxAttempts: 2, handsOver: true }',
        replace: '{}',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'tells a client that does not read nothing of what it missed',
    kind: 'slow',
    patches: [
      {
        file: 'lib/actions/ping.ts',
        find: '  const behind = next.size > 0 ? await context.log.roomsBeyond(next) : [];',
        replace: '  const behind: string[] = [];',
      },
    ],
    caughtAs: ['stuck'],
  },
  {
    name: 'takes a connection for a member that has no member row',
    kind: 'doubled',
    patches: [
      {
        file: 'lib/actions/ping.ts',
        find: 'if (!areIn[i]) joined.delete(room);',
        replace: 'if (areIn[i] === null) joined.delete(room);',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'does not tell a client in a pong that it is not in a room',
    kind: 'doubled',
    patches: [
      {
        file: 'lib/actions/ping.ts',
        find: 'filter((room) => !joined.has(room))',
        replace: 'filter((room) => !joined.has(room) && room.length === 0)',
      },
    ],
    caughtAs: ['late', 'stuck'],
  },
  {
    name: 'takes what a batch read left out for missing',
    kind: 'tabs',
    patches: [
      { file: 'lib/aws/dynamodb/batchGet.ts', find: '    left.push(...unprocessed);\n', replace: '' },
    ],
    caughtAs: ['forgotten', 'late'],
  },
  {
    name: 'posts to the first members of a large room only',
    kind: 'large',
    patches: [
      {
        file: 'lib/delivery/runFanOutJob.ts',
        find: 'const members = prefetch(context.members.list(job.room, ...MEMBER_PAGE_SIZES));',
        replace:
          'const every = prefetch(context.members.list(job.room, ...MEMBER_PAGE_SIZES));\n  const members = (async function* () { for await (const page of every) return yield page; })();',
      },
    ],
    caughtAs: ['late'],
  },
  {
    name: 'counts every member of a large room',
    kind: 'large',
    patches: [
      {
        file: 'lib/connections/presence.ts',
        find: 'const MAX_COUNTED = 500;',
        replace: 'const MAX_COUNTED = 5_000;',
      },
    ],
    caughtAs: ['wrongPresence'],
  },
  {
    name: 'never asks for the members where it sees no other',
    kind: 'presence',
    patches: [
      {
        file: 'client/presence.ts',
        find: "if (room.snapshot.state !== 'joined' || isLarge) return;",
        replace: "if (room.snapshot.state !== 'joined' || isLarge || others.length === 0) return;",
      },
    ],
    caughtAs: ['wrongPresence'],
  },
  {
    name: 'tells a room of no connection whose lease has ended',
    kind: 'presence',
    patches: [
      {
        file: 'lib/connections/presence.ts',
        find: 'return { active: activeOf(known, now), lapsed };',
        replace: 'return { active: activeOf(known, lapsed.length > 0 ? 0 : now), lapsed: [] };',
      },
    ],
    caughtAs: ['wrongPresence'],
  },
  {
    name: 'shows a user as typing for ever',
    kind: 'presence',
    patches: [
      {
        file: 'client/presence.ts',
        find: 'const typing = createExpiringUsers(clock, TYPING_TTL_MS, () => changed());',
        replace: 'const typing = createExpiringUsers(clock, TYPING_TTL_MS * 10_000, () => changed());',
      },
    ],
    caughtAs: ['wrongPresence'],
  },
];
