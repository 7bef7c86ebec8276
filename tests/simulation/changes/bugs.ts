import type { Patch } from '../bundle';
import type { Wrong } from './truth';

/** A mistake with edits and deletions, planted in the real sources, and how it is caught. */
export interface ChangesBug {
  name: string;
  patches: Patch[];
  caughtAs: Wrong[];
}

const PENDING = 'lib/log/pendingChanges.ts';
const PUBLISH = 'lib/delivery/appendAndAcknowledge.ts';
const RIGHTS = 'lib/actions/editAndDeleteRights.ts';
const SEND = 'lib/actions/sendMessage.ts';
const STORES = 'tests/simulation/stores.ts';
const FOLD = 'tests/simulation/changes/fold.ts';

const COMPLETED = '      const entry = await completed(context, room, written.entry);\n';
const IDENTITIES =
  '  if (pending.length > 0) await serveEntries(log, room, await log.readRows(room, pending, EVER), EVER);\n';

export const changesBugs: ChangesBug[] = [
  {
    name: 'completes no change that a page meets',
    patches: [
      { file: PENDING, find: '  await completeChange(log, room, entry.change);\n', replace: '' },
      {
        file: PENDING,
        find: IDENTITIES,
        replace:
          "  for (const row of await log.readRows(room, pending, EVER))\n    if (row.type === 'pending') await completeChange(log, room, row.change);\n",
      },
    ],
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: 'completes no change that a writer meets',
    patches: [
      { file: PENDING, find: IDENTITIES, replace: '' },
      {
        file: PUBLISH,
        find: 'const entry = await readEntry(context, room, written.seq);',
        replace: 'const [entry] = [withoutWords({ ...send.toEntry(written.seq, written.at) } as Change)];',
      },
    ],
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: 'delivers a change before it is completed',
    patches: [
      {
        file: PUBLISH,
        find: COMPLETED,
        replace: `      await deliverEntry(context, job(written.entry.seq), written.entry);\n${COMPLETED}`,
      },
    ],
    caughtAs: ['kept', 'served'],
  },
  {
    name: 'acknowledges a change before it is completed',
    patches: [
      {
        file: PUBLISH,
        find: COMPLETED,
        replace:
          '      const entry = written.entry;\n      completed(context, room, written.entry).catch(() => {});\n',
      },
    ],
    caughtAs: ['kept', 'served'],
  },
  {
    name: "leaves an edit's own words in its row",
    patches: [{ file: PENDING, find: '  await log.settle(room, change.seq);\n', replace: '' }],
    caughtAs: ['kept'],
  },
  {
    name: 'changes a target that has expired',
    patches: [
      {
        file: STORES,
        find: "      if (row?.entry.type !== 'message') return false;\n      const { entry } = row;",
        replace:
          "      if (!row) rowsOf(room)[change.of] = { entry: { ...change, type: 'message', seq: change.of } as NewEntry };\n      if (row?.entry.type !== 'message') return false;\n      const { entry } = row;",
      },
      {
        file: RIGHTS,
        find: '  if (!target || target.isGone) return GONE;',
        replace: "  if (!target) return { by: 'author' };",
      },
    ],
    caughtAs: ['revived', 'notAllowed'],
  },
  {
    name: 'gives a message the words of an older edit',
    patches: [
      {
        file: STORES,
        find: 'if (row.deleted || row.erased || (entry.rev ?? 0) >= change.seq) return false;',
        replace: 'if (row.deleted || row.erased) return false;',
      },
    ],
    caughtAs: ['kept', 'served', 'diverged'],
  },
  {
    name: 'gives a deleted message words again',
    patches: [
      {
        file: STORES,
        find: 'if (row.deleted || row.erased || (entry.rev ?? 0) >= change.seq) return false;',
        replace: 'if ((entry.rev ?? 0) >= change.seq) return false;\n      delete row.deleted;',
      },
    ],
    caughtAs: ['diverged', 'kept', 'served'],
  },
  {
    name: "serves a page's first reading of a message with its change",
    patches: [
      {
        file: PENDING,
        find: "if (entry.type !== 'edited') return current.get(entry.seq) ?? entry;",
        replace: "if (entry.type !== 'edited') return entry;",
      },
    ],
    caughtAs: ['served'],
  },
  {
    name: 'gives an edit no words',
    patches: [
      {
        file: PENDING,
        find: '  if (targets.size === 0) return entries;',
        replace: '  if (targets.size >= 0) return entries;',
      },
    ],
    caughtAs: ['diverged'],
  },
  {
    name: 'lets the last deletion win',
    patches: [
      {
        file: STORES,
        find: 'if (row.deleted && row.deleted.seq <= change.seq) return false;',
        replace: 'if (row.deleted && row.deleted.seq >= change.seq) return false;',
      },
    ],
    caughtAs: ['diverged'],
  },
  {
    name: 'checks the right before it looks for the id',
    patches: [
      {
        file: SEND,
        find: "return again.kind === 'notFound' ? errorReply(message, right) : append(send, again);",
        replace: 'return again ? errorReply(message, right) : append(send, again);',
      },
      {
        file: SEND,
        find: "  if (search.kind !== 'notFound' || message.action === 'sendMessage') return append(send, search);",
        replace: "  if (message.action === 'sendMessage') return append(send, search);",
      },
    ],
    caughtAs: ['wrongRefusal'],
  },
  {
    name: 'refuses by memory alone',
    patches: [{ file: SEND, find: '{ inMemory: false }', replace: '{ inMemory: true }' }],
    caughtAs: ['wrongRefusal'],
  },
  {
    name: "lets a user edit another's message",
    patches: [{ file: RIGHTS, find: 'target.user === user && mayWrite', replace: 'mayWrite' }],
    caughtAs: ['notAllowed'],
  },
  {
    name: 'lets any user delete any message',
    patches: [
      {
        file: RIGHTS,
        find: "return mayModerate ? { by: 'moderator' } : FORBIDDEN;",
        replace: "return { by: 'moderator' };",
      },
    ],
    caughtAs: ['notAllowed'],
  },
  {
    name: 'erases in one run',
    patches: [
      {
        file: 'tests/simulation/changes/simulateChanges.ts',
        find: '    await clock.wait(SETTLE_MS);\n    await pass();\n',
        replace: '    await clock.wait(SETTLE_MS);\n',
      },
    ],
    caughtAs: ['kept'],
  },

  {
    name: 'keeps no change of a message that the client has not loaded',
    patches: [{ file: FOLD, find: '    kept.set(of, [...(kept.get(of) ?? []), apply]);\n', replace: '' }],
    caughtAs: ['diverged'],
  },
];
