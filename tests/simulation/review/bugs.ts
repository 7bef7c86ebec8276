import type { PlantedBug } from '../plantedBugs';
import type { ReviewWrong } from './simulateReview';

const REVIEW = 'lib/review/reviewWords.ts';
const SEND = 'lib/actions/sendMessage.ts';
const APPEND = 'lib/delivery/appendAndAcknowledge.ts';
const STORES = 'tests/simulation/stores.ts';
const HOLD = 'lib/review/holdMessage.ts';
const DECIDE = 'lib/actions/decide.ts';

const PUBLISHES =
  '  const published = after === undefined ? undefined : await publishHeld(context, held, after);\n';

export const reviewBugs: PlantedBug<ReviewWrong>[] = [
  {
    name: 'fails open',
    file: REVIEW,
    find: '    throw error;\n',
    replace: "    return { verdict: 'allow' };\n",
    caughtAs: ['unreviewed'],
  },
  {
    name: 'takes what is no verdict for leave',
    file: REVIEW,
    find: "    if (!answer) throw new Unavailable('The review function answered with no verdict.');\n",
    replace: "    if (!answer) return { verdict: 'allow' };\n",
    caughtAs: ['unreviewed'],
  },
  {
    name: 'keeps no verdict',
    file: REVIEW,
    find: 'return await verdicts.keepFirst(subject, verdict, clock.now() + VERDICT_TTL_MS);',
    replace: 'return verdict;',
    caughtAs: ['refusedButShown'],
  },
  {
    name: 'keeps the last verdict in place of the first',
    file: STORES,
    find: 'const first = kept.get(subject) ?? verdict;',
    replace: 'const first = verdict;',
    caughtAs: ['refusedButShown', 'shownTwice'],
  },
  {
    name: 'keeps the last verdict in place of a denial',
    file: STORES,
    find: 'const first = kept.get(subject) ?? verdict;',
    replace:
      'const known = kept.get(subject);\n' +
      "      const first = known && known.verdict !== 'deny' ? known : verdict;",
    caughtAs: ['refusedButShown'],
  },
  {
    name: 'follows its own verdict and not the one that holds',
    file: REVIEW,
    find: 'return await verdicts.keepFirst(subject, verdict, clock.now() + VERDICT_TTL_MS);',
    replace: 'await verdicts.keepFirst(subject, verdict, clock.now() + VERDICT_TTL_MS);\n    return verdict;',
    caughtAs: ['refusedButShown'],
  },
  {
    name: 'keeps a verdict for an id, whatever its words',
    file: REVIEW,
    find: 'JSON.stringify({ ...request, from: request.from.id });',
    replace: 'JSON.stringify([request.room, request.id, request.from.id]);',
    caughtAs: ['unreviewed', 'undecided'],
  },
  {
    name: 'writes a message before it has the verdict',
    file: SEND,
    find: '  const prepared = recent\n',
    replace:
      '  const early = { draft: send, search: await findDuplicate(context, send) };\n' +
      '  await appendAndAcknowledge(context, early, { began: now, except: sender.id });\n' +
      '  const prepared = recent\n',
    caughtAs: ['unreviewed'],
  },
  {
    name: 'does not tell the sender of other words',
    file: APPEND,
    find: 'return isReplaced || tellsMore(entry) ? { ...ack, entry } : ack;',
    replace: 'return ack;',
    caughtAs: ['inconsistent'],
  },
  {
    name: 'keeps the verdict of a held message before its row',
    file: HOLD,
    find: '  const added = await held.add(',
    replace:
      "  await verdicts.keepFirst(subject, { verdict: 'hold' }, until);\n  const added = await held.add(",
    // The verdict of the bug does not have the base of the append either.
    caughtAs: ['undecided', 'allowedButNotShown'],
  },
  {
    name: 'publishes a held message before it keeps the decision',
    file: DECIDE,
    find: PUBLISHES,
    replace: '  const published = early;\n',
    also: [
      {
        file: DECIDE,
        find: '  const holding = await',
        replace:
          '  const early = isDenied ? undefined : await publishHeld(context, held, head);\n  const holding = await',
      },
    ],
    caughtAs: ['allowedButNotShown'],
  },
  {
    name: 'reads the base of a held message after the decision is kept',
    file: DECIDE,
    find: 'await publishHeld(context, held, after);',
    replace: 'await publishHeld(context, held, await readHead(context, room));',
    caughtAs: ['shownTwice', 'duplicate'],
  },
  {
    name: 'publishes what the review itself has allowed meanwhile',
    file: DECIDE,
    find: "holding.verdict === 'allow' ? holding.after : undefined",
    replace: "holding.verdict === 'allow' ? (holding.after ?? head) : undefined",
    caughtAs: ['shownTwice', 'duplicate'],
  },
  {
    name: 'lets the last decision win',
    file: STORES,
    find: "const holding = known && known.verdict !== 'hold' ? known : decision;",
    replace: 'const holding = decision;',
    caughtAs: ['refusedButShown', 'allowedButNotShown', 'shownTwice'],
  },
  {
    name: 'removes a held message before it is published',
    file: DECIDE,
    find: PUBLISHES,
    replace: `  await review.held.remove(room, key);\n${PUBLISHES}`,
    caughtAs: ['allowedButNotShown'],
  },
  {
    name: 'denies a held message and keeps its verdict',
    file: DECIDE,
    find: '  const holding = await',
    replace: '  const holding = isDenied ? decision : await',
    caughtAs: ['undecided'],
  },
  {
    name: 'does not look whether the author of a held message was removed',
    file: DECIDE,
    find: '  return isOut(context, from,',
    replace: '  if (from) return false;\n  return isOut(context, from,',
    caughtAs: ['shownAfterRemoval'],
  },
];
