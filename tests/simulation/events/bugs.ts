import type { PlantedBug } from '../plantedBugs';
import type { EventsWrong } from './consumer';

const READ = 'lib/events/readEvents.ts';
const ROOM = 'lib/events/relayRoom.ts';
const WAKES = 'lib/events/relayWakes.ts';
const CLAIM = 'lib/events/claimRoom.ts';
const ERASURES = 'lib/events/erasuresWithEvents.ts';
const CURSORS = 'tests/simulation/eventCursorStore.ts';

export const eventsBugs: PlantedBug<EventsWrong>[] = [
  {
    name: 'moves the cursor before the sink confirms',
    file: ROOM,
    find: '    await sink.send(event);\n',
    replace:
      "    run.seq = event.entry.type === 'gap' ? event.entry.to : event.seq;\n    await sink.send(event);\n",
    caughtAs: ['skipped'],
  },
  {
    name: 'sends the entry of the wake and not what the log has',
    file: READ,
    find: 'await readAfter(reader, room, after, budget);',
    replace:
      'await readAfter(reader, room,\n' +
      '    Math.max(after, ((await reader.log.readBackward(room, undefined, 1, 0))[0]?.seq ?? 1) - 1), budget);',
    caughtAs: ['skipped'],
  },
  {
    name: 'lets one poisoned room block its shard',
    file: ROOM,
    find: '    return postpone(context, run, error);',
    replace:
      '    await context.cursors.postpone(room, id, run.seq, FREE, 0);\n' +
      '    throw error instanceof Error ? error : postpone(context, run, error);',
    also: [
      { file: WAKES, find: 'const ROOMS_AT_ONCE = 10;', replace: 'const ROOMS_AT_ONCE = 1;' },
      { file: WAKES, find: 'failed.push(wake);', replace: 'failed.push(wake, ...left.splice(0));' },
    ],
    caughtAs: ['stalled'],
  },
  {
    name: 'moves a cursor that it no longer holds',
    file: CURSORS,
    find: 'return row?.run === run ? row : undefined;',
    replace: 'return row;',
    caughtAs: ['movedBack'],
  },
  {
    name: 'does not tell a gap',
    file: READ,
    find: 'if (!truncated || !first) return { events, more };',
    replace: 'if (!truncated || !first || first.seq > 0) return { events, more };',
    caughtAs: ['skipped'],
  },
  {
    name: 'takes a hole in the log for its end',
    file: READ,
    find: '  const first = events[0];\n',
    replace: '  const first = events[0];\n  if (truncated) return { events: [], more: false };\n',
    caughtAs: ['stalled', 'lost'],
  },
  {
    name: 'sends a change before it is applied',
    file: 'lib/log/readPage.ts',
    find: 'takeRun(await serveEntries(log, room, stored, now), budget, step);',
    replace:
      "takeRun(stored.map((entry) => entry.type === 'pending' ? entry.change as LogEntry : entry), budget, step);",
    caughtAs: ['pending'],
  },
  {
    name: 'sends what it read for an earlier try',
    file: ROOM,
    find: 'await readEvents(context, settings.logId, room, run.seq);',
    replace:
      '(run.fails > 0 && readOf(context.clock)[room + run.seq]) ||\n' +
      '      (readOf(context.clock)[room + run.seq] = await readEvents(context, settings.logId, room, run.seq));',
    also: [
      {
        file: ROOM,
        find: 'const MAX_PAGES = 10;\n',
        replace:
          'const MAX_PAGES = 10;\nconst READ = new WeakMap();\n' +
          'const readOf = (key: object) => READ.get(key) ?? (READ.set(key, {}), READ.get(key));\n',
      },
    ],
    caughtAs: ['takenBack'],
  },
  {
    name: 'drops a wake that finds its room held',
    file: CLAIM,
    find: '    const { until, isQueued, isNoted } = claim;\n',
    replace:
      '    const { until, isQueued, isNoted } = claim;\n    if (wake.until !== until) return undefined;\n',
    caughtAs: ['stalled', 'lost', 'wordsKept'],
  },
  {
    name: 'drops a queued wake that comes too early',
    file: CLAIM,
    find: 'if (!isQueued || wake.until === until) {',
    replace: 'if (!isQueued) {',
    caughtAs: ['stalled', 'lost', 'wordsKept'],
  },
  {
    name: 'forgets the rest of a room when its time is over',
    file: ROOM,
    find: "  if (end === 'unfinished') await context.wakes.enqueue({ room }, 0);\n",
    replace: '',
    caughtAs: ['stalled', 'lost', 'wordsKept'],
  },
  {
    name: 'waits for a wake that is not queued',
    file: ROOM,
    find: '  await wakes.enqueue({ room, until }, delay);\n',
    replace: '',
    caughtAs: ['stalled', 'lost', 'wordsKept'],
  },
  {
    name: 'notes no erasure',
    file: ERASURES,
    find: '    await notes.add(room, { seq, id });\n',
    replace: '',
    caughtAs: ['wordsKept'],
  },
  {
    name: 'forgets an erasure before the sink confirms',
    file: ROOM,
    find: "    await sink.send({ log: settings.logId, room, seq, entry: { type: 'erased', seq, id } });\n",
    replace:
      '    await erasureNotes.remove(room, seq);\n' +
      "    await sink.send({ log: settings.logId, room, seq, entry: { type: 'erased', seq, id } });\n",
    caughtAs: ['wordsKept'],
  },
  {
    name: 'does not go back for a replay',
    file: CURSORS,
    find: '      Object.assign(row, { back: Math.min(row.back ?? seq, seq), isNoted: true });\n',
    replace: '',
    caughtAs: ['lost', 'stalled'],
  },
  {
    name: 'does not tell a run of a replay',
    file: CURSORS,
    find: '      if (!row || row.back !== undefined) return false;\n',
    replace: '      if (!row) return false;\n      row.back = undefined;\n',
    caughtAs: ['lost', 'stalled'],
  },
  {
    name: 'forgets a replay that a run did not hear of',
    file: CURSORS,
    find: '      goBack(row);\n      cursors.set(room, { ...row, run, until });\n',
    replace: '      cursors.set(room, { ...row, run, until, back: undefined });\n',
    caughtAs: ['lost', 'stalled'],
  },
];
