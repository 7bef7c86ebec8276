import type { Violation } from '../checker';
import type { PlantedBug } from '../plantedBugs';

const PENDING = 'lib/log/pendingChanges.ts';
const PUBLISH = 'lib/delivery/appendAndAcknowledge.ts';
const RIGHTS = 'lib/actions/editAndDeleteRights.ts';
const SEARCH = 'lib/actions/searchThenPrepare.ts';
const STORES = 'tests/simulation/stores.ts';
const APPEND = 'lib/log/appendEntry.ts';
const WINDOW = 'client/timeline/messageWindow.ts';
const FOLD = 'client/timeline/foldChange.ts';

const COMPLETED = '      const entry = await completed(context, room, written.entry);\n';
const IDENTITIES =
  '  if (pending.length > 0)\n' +
  '    await serveEntries(log, room, await log.readRows(room, pending, NOTHING_EXPIRED), NOTHING_EXPIRED);\n';

/** Mistakes with edits and deletions. */
export const changesBugs: PlantedBug<Violation['kind']>[] = [
  {
    name: 'completes no change that a page meets',
    file: PENDING,
    find: '  await completeChange(log, room, entry.change);\n',
    replace: '',
    also: [
      {
        file: PENDING,
        find: IDENTITIES,
        replace:
          "  for (const row of await log.readRows(room, pending, NOTHING_EXPIRED))\n    if (row.type === 'pending') await completeChange(log, room, row.change);\n",
      },
    ],
    caughtAs: ['kept', 'served', 'diverged', 'inconsistent'],
  },
  {
    name: 'completes no change that a writer meets',
    file: PENDING,
    find: IDENTITIES,
    replace: '',
    also: [
      {
        file: PUBLISH,
        find: 'const entry = await readEntry(context, room, written.seq);',
        replace: 'const [entry] = [withoutWords({ ...send.toEntry(written.seq, written.at) } as Change)];',
      },
    ],
    caughtAs: ['kept', 'served', 'diverged', 'inconsistent'],
  },
  {
    name: 'delivers a change before it is completed',
    file: PUBLISH,
    find: COMPLETED,
    replace: `      await deliverEntry(context, job(written.entry.seq), written.entry);\n${COMPLETED}`,
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: 'acknowledges a change before it is completed',
    file: PUBLISH,
    find: COMPLETED,
    replace:
      '      const entry = written.entry;\n      completed(context, room, written.entry).catch(() => {});\n',
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: "leaves an edit's own words in its row",
    file: PENDING,
    find: '  await log.clearPending(room, change);\n',
    replace: '',
    caughtAs: ['kept'],
  },
  {
    name: 'changes a target that has expired',
    file: STORES,
    find: "      if (row?.entry.type !== 'message') return false;\n      const { entry } = row;",
    replace:
      "      if (!row) rowsOf(room)[change.of] = { entry: { from: { id: 'ghost', name: 'Ghost' }, ...change, type: 'message', seq: change.of } as NewEntry };\n      if (row?.entry.type !== 'message') return false;\n      const { entry } = row;",
    also: [
      {
        file: RIGHTS,
        find: '  if (!target || target.isGone) return GONE;',
        replace: "  if (!target) return { by: 'author' };",
      },
    ],
    caughtAs: ['revived', 'notAllowed', 'diverged'],
  },
  {
    name: 'gives a message the words of an older edit',
    file: STORES,
    find: 'if (row.deleted || row.erased || (entry.rev ?? 0) >= change.seq) return false;',
    replace: 'if (row.deleted || row.erased) return false;',
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: 'gives a deleted message words again',
    file: STORES,
    find: 'if (row.deleted || row.erased || (entry.rev ?? 0) >= change.seq) return false;',
    replace: 'if ((entry.rev ?? 0) >= change.seq) return false;\n      delete row.deleted;',
    caughtAs: ['diverged', 'kept', 'served'],
  },
  {
    name: "serves a page's first reading of a message with its change",
    file: PENDING,
    find: "if (entry.type !== 'edited' && entry.type !== 'reacted') return current.get(entry.seq) ?? entry;",
    replace: "if (entry.type !== 'edited' && entry.type !== 'reacted') return entry;",
    caughtAs: ['served'],
  },
  {
    name: 'gives an edit no words',
    file: PENDING,
    find: '  if (targets.size === 0) return entries;',
    replace: '  if (targets.size >= 0) return entries;',
    caughtAs: ['diverged'],
  },
  {
    name: 'lets the last deletion win',
    file: STORES,
    find: 'if (row.deleted && row.deleted.seq <= change.seq) return false;',
    replace: 'if (row.deleted && row.deleted.seq >= change.seq) return false;',
    caughtAs: ['diverged'],
  },
  {
    name: 'checks the right before it looks for the id',
    file: SEARCH,
    find: "return again.kind === 'notFound' ? prepared : { draft: send, search: again };",
    replace: 'return again ? prepared : { draft: send, search: again };',
    also: [
      {
        file: SEARCH,
        find: "  if (found.kind !== 'notFound') return",
        replace: "  if (found.kind !== 'notFound' && sending.action === 'sendMessage') return",
      },
    ],
    caughtAs: ['wrongRefusal'],
  },
  {
    name: 'refuses by memory alone',
    file: SEARCH,
    find: '{ inMemory: false }',
    replace: '{ inMemory: true }',
    caughtAs: ['wrongRefusal'],
  },
  {
    name: "lets a user edit another's message",
    file: RIGHTS,
    find: 'target.user === user && mayWrite',
    replace: 'mayWrite',
    caughtAs: ['notAllowed'],
  },
  {
    name: 'lets any user delete any message',
    file: RIGHTS,
    find: "return mayModerate ? { by: 'moderator' } : FORBIDDEN;",
    replace: "return { by: 'moderator' };",
    caughtAs: ['notAllowed'],
  },
  {
    name: 'erases in one run',
    file: 'tests/simulation/changes/leaver.ts',
    find: '  await clock.wait(SETTLE_MS);\n  await pass();\n',
    replace: '  await clock.wait(SETTLE_MS);\n',
    caughtAs: ['kept'],
  },
  {
    name: 'keeps no change of a message that the client has not loaded',
    file: WINDOW,
    find: '    else if (change.of < (oldest ?? 0)) kept = [...kept, change].slice(-MAX_KEPT_CHANGES);\n',
    replace: '',
    caughtAs: ['diverged'],
  },
  {
    name: 'keeps what it shows and the changes of it below a gap',
    file: WINDOW,
    find: '      messages = [];\n      kept = [];\n      gaps = [gap];\n      oldest = gap.to + 1;\n',
    replace: '      gaps = [gap];\n',
    caughtAs: ['diverged'],
  },
  {
    name: 'lets the last deletion win in the client',
    file: FOLD,
    find: 'return seq < (deleted?.seq ?? Infinity) ?',
    replace: 'return seq > (deleted?.seq ?? 0) ?',
    caughtAs: ['diverged'],
  },
  {
    name: 'completes a change only when its sender repeats it',
    file: PENDING,
    find: '  await completeChange(log, room, entry.change);\n',
    replace: '',
    also: [
      {
        file: PUBLISH,
        find: '      const entry = await readEntry(context, room, written.seq);\n',
        replace:
          '      for (const row of await context.log.readRows(room, [written.seq], 0))\n' +
          "        if (row.type === 'pending') await completeChange(context.log, room, row.change);\n" +
          '      const entry = await readEntry(context, room, written.seq);\n',
      },
    ],
    caughtAs: ['inconsistent', 'kept', 'served', 'diverged'],
  },
  {
    name: 'completes no change that it meets in a walk to the head',
    file: APPEND,
    find: 'await readCompletedIdentities(log, send.room, head + 1, CHUNK);',
    replace: 'await log.readIdentities(send.room, head + 1, CHUNK);',
    also: [
      {
        file: APPEND,
        find: 'import { beginsPending, readCompletedIdentities }',
        replace: 'import { beginsPending }',
      },
    ],
    caughtAs: ['kept', 'served', 'diverged', 'miscounted'],
  },
];
