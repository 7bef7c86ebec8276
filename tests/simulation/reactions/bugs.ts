import type { PlantedBug } from '../plantedBugs';
import type { ReactionsWrong } from './simulateReactions';

const REACT = 'lib/actions/react.ts';
const WRITE = 'lib/reactions/writeSummary.ts';
const SUMMARISE = 'lib/reactions/summarise.ts';
const DRESS = 'lib/reactions/addOwnReactions.ts';
const ERASE = 'lib/reactions/eraseReactions.ts';
const STORES = 'tests/simulation/stores.ts';
const REACTIONS = 'tests/simulation/reactionStore.ts';
const RECORDS = 'tests/simulation/changes/records.ts';
const CLIENT = 'tests/simulation/reactions/simulateReactions.ts';
const SUMMARIES = 'tests/simulation/reactions/summaries.ts';

const TOGGLE =
  '  const toggled = await reactions.toggle(toggle, LIMITS.reactionsPerUser, expiresAt);\n' +
  "  if (toggled === 'tooMany') return errorReply(message, TOO_MANY);\n";
const COUNT = '  const counted = await reactions.count(room, of, clock.now(), expiresAt);\n';

export const reactionsBugs: PlantedBug<ReactionsWrong>[] = [
  {
    name: 'orders summaries by seq',
    file: STORES,
    find: 'return held === undefined || k > held.k || (k === held.k && seq > held.seq);',
    replace: 'return held === undefined || (k >= 0 && seq > held.seq);',
    also: [
      {
        file: SUMMARIES,
        find: 'return next.k > held.k || (next.k === held.k && next.seq > held.seq);',
        replace: 'return next.seq > held.seq;',
      },
    ],
    caughtAs: ['lost', 'diverged'],
  },
  {
    name: 'counts a change before it writes the set',
    file: REACT,
    find: COUNT,
    replace: '',
    also: [{ file: REACT, find: TOGGLE, replace: `${COUNT}${TOGGLE}` }],
    caughtAs: ['lost', 'diverged'],
  },
  {
    name: 'reads the counter after the sets',
    file: WRITE,
    find: '  const id = randomBytes(12)',
    replace:
      '  k = (await reactions.readOwn(room, [of], SERVER.id)).get(of)?.state?.k ?? k;\n  const id = randomBytes(12)',
    caughtAs: ['lost', 'diverged'],
  },
  {
    name: 'keeps no version',
    file: REACTIONS,
    find: '      if (held && held.v >= v) return',
    replace: '      if (held && held.v === v) return',
    caughtAs: ['overtaken', 'lost'],
  },
  {
    name: 'adds the difference to what the message shows',
    file: WRITE,
    find: '  const summary = summarise(sets, { usersPerName: USERS_PER_NAME, bytes: USERS_BYTES });\n',
    replace:
      '  const now = summarise(sets, { usersPerName: USERS_PER_NAME, bytes: USERS_BYTES });\n' +
      '  const [shown] = await log.readRows(room, [of], 0);\n' +
      "  const before = shown?.type === 'message' ? (shown.reactions?.counts ?? {}) : {};\n" +
      '  const names = [...new Set([...Object.keys(before), ...Object.keys(now.counts)])];\n' +
      '  const step = (name: string) => Math.sign((now.counts[name] ?? 0) - (before[name] ?? 0));\n' +
      '  const counts = Object.fromEntries(names.map((name) => [name, (before[name] ?? 0) + step(name)]));\n' +
      '  const summary = { ...now, counts };\n',
    caughtAs: ['diverged'],
  },
  {
    name: 'settles a toggle by the reply alone',
    file: CLIENT,
    find: '    for (let waited = 0; (tab.summaries.of(toggle.of)?.k ?? 0) < k; waited += 100) {',
    replace: '    for (let waited = 0; waited < 0 && k > 0; waited += 100) {',
    caughtAs: ['lost'],
  },
  {
    name: 'repeats no toggle',
    file: CLIENT,
    find: "      if (givesUp) return void dice.count('gave up');",
    replace: '      if (givesUp || !toggle.isSettled) return void (toggle.isSettled = true);',
    caughtAs: ['overtaken'],
  },
  {
    name: 'counts a message without those who are listed no more',
    file: SUMMARISE,
    find: '    counts: Object.fromEntries(names.map(([name, users]) => [name, users.length])),',
    replace: '    counts: Object.fromEntries(names.map(([name]) => [name, listed.get(name)?.length ?? 0])),',
    caughtAs: ['diverged'],
  },
  {
    name: 'leaves a change that its writer left',
    file: DRESS,
    find: '(state && isLeft(state, now) ? [{ seq, state }] : [])',
    replace: '(state && isLeft(state, now) && !seq ? [{ seq, state }] : [])',
    caughtAs: ['diverged'],
  },
  {
    name: 'erases a user without a new entry',
    file: ERASE,
    find: 'if (k !== undefined) await writeSummary',
    replace: 'if (k === -1) await writeSummary',
    caughtAs: ['kept', 'diverged'],
  },
  {
    name: "removes an erased user's set that a late toggle has filled, and looks for the user in no summary",
    file: RECORDS,
    find: '.filter((of) => isShown(user, rows.get(room)?.[of]))',
    replace: '.filter(() => false)',
    also: [
      {
        file: REACTIONS,
        find: '      if (set && namesOn(set).length === 0) sets?.delete(user);',
        replace: '      if (set) sets?.delete(user);',
      },
    ],
    caughtAs: ['kept', 'diverged'],
  },
];
