import type { PlantedBug } from '../plantedBugs';
import type { ReviewWrong } from './simulateReview';

const REVIEW = 'lib/review/reviewWords.ts';
const SEND = 'lib/actions/sendMessage.ts';
const APPEND = 'lib/delivery/appendAndAcknowledge.ts';
const STORES = 'tests/simulation/stores.ts';

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
    caughtAs: ['unreviewed'],
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
];
