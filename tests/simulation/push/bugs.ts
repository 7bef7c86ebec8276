import type { PlantedBug } from '../plantedBugs';
import type { PushWrong } from './simulatePush';

const USER = 'lib/push/notifyUser.ts';
const MESSAGES = 'lib/push/noticeMessages.ts';
const STORES = 'tests/simulation/notificationStores.ts';

export const pushBugs: PlantedBug<PushWrong>[] = [
  {
    name: 'notes a notification before it is sent',
    file: USER,
    find: '  await sendToAll(context, allowed, userHash, {',
    replace:
      '  await notifications.confirm(userHash, room, run, upTo);\n  await sendToAll(context, allowed, userHash, {',
    caughtAs: ['missed'],
  },
  {
    name: 'claims what the user has read meanwhile',
    file: STORES,
    find: '(found.follow.mark?.seq ?? 0) >= seq',
    replace: 'found.follow.room === ""',
    also: [{ file: USER, find: ' && (mark?.seq ?? 0) < seq', replace: ' && (mark?.seq ?? 0) < Infinity' }],
    caughtAs: ['read'],
  },
  {
    name: 'claims a minute that another run has taken',
    file: STORES,
    find: ' || found.state.nextAt > now',
    replace: '',
    also: [{ file: USER, find: 'if (state.nextAt > clock.now())', replace: 'if (state.nextAt < 0)' }],
    caughtAs: ['tooOften'],
  },
  {
    name: 'forgets a message within the minute of another one',
    file: USER,
    find: 'if (state.nextAt > clock.now()) return postpone(context, notice, state.nextAt);',
    replace: 'if (state.nextAt > clock.now()) return;',
    caughtAs: ['missed'],
  },
  {
    name: 'does not ask for bans',
    file: USER,
    find: "await isOut(context, { id: user, name: '' }, onlyAsMember, room)",
    replace: 'false',
    caughtAs: ['forbidden'],
  },
  {
    name: 'does not wait for the user to read',
    file: MESSAGES,
    find: 'Math.min(notifyAfterMs, newest + notifyAfterMs - now)',
    replace: 'Math.min(0, newest + notifyAfterMs - now)',
    caughtAs: ['early'],
  },
  {
    name: 'tells authors of what they wrote',
    file: MESSAGES,
    find: 'author !== userHash',
    replace: 'author !== room',
    also: [{ file: USER, find: ' && each.from.id !== user', replace: '' }],
    caughtAs: ['unwanted', 'read', 'early'],
  },
  {
    name: 'tells of deleted messages',
    file: USER,
    find: '  if (!(await isNews(context, notice, state, entry, user))) return;\n',
    replace: '',
    caughtAs: ['deleted'],
  },
  {
    name: 'forgets a message if the next one is deleted',
    file: USER,
    find: '  return below.some(isOfOther);',
    replace: '  return below.length > Number.MAX_SAFE_INTEGER;',
    caughtAs: ['missed'],
  },
  {
    name: 'leaves mentions to the list of those who read all',
    file: MESSAGES,
    find: '...messages.flatMap((message) => ofMentions(room, message))',
    replace: '...messages.flatMap((message) => (readers.length > 0 ? [] : ofMentions(room, message)))',
    caughtAs: ['missed'],
  },
  {
    name: 'ignores the level of a user',
    file: USER,
    find: "  return level === 'all' || (level === 'mentions' && isMention);",
    replace: '  return level.length + Number(isMention) > 0;',
    caughtAs: ['unwanted'],
  },
];
