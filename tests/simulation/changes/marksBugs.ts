import type { Violation } from '../checker';
import type { PlantedBug } from '../plantedBugs';

const COUNT = 'lib/log/countUnread.ts';
const FOLLOWED = 'client/rooms/followed.ts';
const LIST = 'client/rooms.ts';

/** Mistakes with read marks and the counts above them. */
export const marksBugs: PlantedBug<Violation['kind']>[] = [
  {
    name: 'keeps its count of messages after a lost slot',
    file: 'lib/log/appendEntry.ts',
    find: '        n = last.n ?? 0;\n',
    replace: '',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts changes as messages',
    file: 'lib/log/appendEntry.ts',
    find: "const ownN = entry.type === 'message' ? n + 1 : n;",
    replace: 'const ownN = n + 1;',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts what was deleted above the mark',
    file: COUNT,
    find: 'const gone = Math.min(lost, head.entry.seq);',
    replace: 'const gone = Math.min(lost, 0);',
    caughtAs: ['miscounted'],
  },
  {
    name: 'notes a deletion after its target has lost its words',
    file: 'lib/log/logWithGone.ts',
    find:
      "      if (change.type === 'deleted') await gone.raise(room, change.of);\n" +
      '      return log.applyChange(room, change);\n',
    replace:
      '      const isApplied = await log.applyChange(room, change);\n' +
      "      if (change.type === 'deleted') await gone.raise(room, change.of);\n" +
      '      return isApplied;\n',
    caughtAs: ['miscounted'],
  },
  {
    name: 'looks for deletions before it looks at the head',
    file: COUNT,
    find: 'counts.push(shown(await countRoom(context, asked, gone[i] ?? 0, now, budget)));',
    replace:
      'counts.push(shown(await countRoom(context, { ...asked, head: await context.messageCounts.readNewest(asked.room) }, gone[i] ?? 0, now, budget)));',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts before it completes the deletion at the head',
    file: COUNT,
    find: '      await completeHead(context, asked, now);\n',
    replace: '',
    caughtAs: ['miscounted'],
  },
  {
    name: 'does not note what is erased',
    file: 'lib/operator/eraseCommand.ts',
    find: '    await raiseGone(context, own);\n',
    replace: '',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts from a mark whose row has expired',
    file: COUNT,
    find: 'return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, at + retentionMs) <= now;',
    replace: 'return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, at + retentionMs) < 0;',
    caughtAs: ['miscounted'],
  },
  {
    name: 'tells a message before its mentions are noted',
    file: 'lib/log/pendingChanges.ts',
    find: 'entry.files !== undefined || othersMentioned(entry).length > 0;',
    replace: 'entry.files !== undefined;',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts the mentions of messages that no longer have them',
    file: 'lib/log/countMentions.ts',
    find: '  if (!entry.mentions?.includes(user)) return [];\n',
    replace: '',
    caughtAs: ['miscounted'],
  },
  {
    name: 'counts a message once for each edit that mentions the user',
    file: 'lib/log/countMentions.ts',
    find: "return [entry.type === 'message' ? entry.seq : entry.of];",
    replace: 'return [entry.seq];',
    caughtAs: ['miscounted'],
  },
  {
    name: 'keeps a mention in its list that an edit takes away',
    file: FOLLOWED,
    find: 'filter((each) => each !== of || isMention);',
    replace: 'slice();',
    caughtAs: ['miscounted'],
  },
  {
    name: 'keeps the higher of two marks, whatever their versions are',
    file: 'tests/simulation/followStore.ts',
    find: 'if (held !== version || (mark.version === held && mark.seq <= seq)) return { held: follow.mark };',
    replace: 'if (mark.version <= held && mark.seq <= seq) return { held: follow.mark };',
    caughtAs: ['markWentBack'],
  },
  {
    name: 'lets a late frame move a mark back',
    file: LIST,
    find: 'if (!follow || !isNewer(told, follow)) return;',
    replace: 'if (!follow) return;',
    caughtAs: ['markWentBack'],
  },
  {
    name: 'forgets that what a client has counted was read',
    file: FOLLOWED,
    find: '    later: room.later.filter(isAbove),\n',
    replace: '    later: room.later,\n',
    caughtAs: ['miscounted'],
  },
  {
    name: 'does not count again after a deletion above the mark',
    file: FOLLOWED,
    find: 'isExact: isNext && !wasCounted };',
    replace: 'isExact: isNext || wasCounted };',
    caughtAs: ['miscounted'],
  },
];
