/** A mistake that no test finds, with the reason why that is right. */
export interface Survivor {
  file: string;
  /** The text of the line in which the change begins. */
  text: string;
  change: string;
  reason: string;
}

const NEVER_MISSING = 'the default is for the type checker: the value before it is never missing there';
const WAIT = 'it changes the length of a random wait, which no caller can tell';
const COST = 'it costs a little more, and the outcome is the same';
const NOTHING_THERE =
  'the default stands for what is not there, and 1 is below every number it is compared with';

const PRESENCE = 'only whether the attribute is there counts, not its value';

export const ACCEPTED: readonly Survivor[] = [
  {
    file: 'client/connection/pacer.ts',
    text: 'if (waiting.length === 1 && now >= nextAt) runNext();',
    change: '1 → 2',
    reason: 'a request that does not run at once runs by a timer of 0 ms',
  },
  {
    file: 'client/connection/pacer.ts',
    text: 'if (now > nextAt + RESET_MS) intervalMs = MIN_INTERVAL_MS;',
    change: '> → >=',
    reason: 'the pause that ends a slow pace is one millisecond shorter',
  },
  {
    file: 'client/connection/pacer.ts',
    text: 'if (now >= growsAt) {',
    change: '>= → >',
    reason: 'the pace slows down one millisecond later',
  },
  {
    file: 'client/timeline/prependPage.ts',
    text: 'const isNext = entries.every(({ seq }, i) => seq === before - entries.length + i);',
    change: 'every → some',
    reason: 'a page of the server is one unbroken run',
  },
  {
    file: 'client/timeline/prependPage.ts',
    text: 'const entries = page.messages.filter(({ seq }) => seq < before);',
    change: 'page.messages.filter(({ seq }) => seq < before) → page.messages',
    reason: 'a page that the server reads before a seq holds none from there on',
  },
  {
    file: 'lib/log/recentLogCache.ts',
    text: 'if (low.length > 0 && firstSeq(high) <= end + 1) return [...low, ...high.filter((slot) => slot.seq > end)];',
    change: '> → >=',
    reason: 'nothing joined to a run is that run',
  },
  {
    file: 'lib/aws/dynamodb/writeMessageRow.ts',
    text: "if (type === 'edited') return { ...row, type, of: entry.of, todo: 1, ...wordsOf(entry) };",
    change: '1 → 2',
    reason: PRESENCE,
  },
  {
    file: 'lib/aws/dynamodb/tokenBucketUpdate.ts',
    text: "fits: '(attribute_not_exists(#bucket) OR #bucket < :now OR #bucket > :absurd)',",
    change:
      "'(attribute_not_exists(#bucket) OR #bucket < :now OR #bucket > :absurd)' → '(attribute_not_exists(#bucket) OR #bucket <= :now OR #bucket > :absurd)'",
    reason: 'a bucket that is full at this very moment moves to the same position either way',
  },
  {
    file: 'lib/aws/dynamodb/chargeBucket.ts',
    text: 'for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {',
    change: '< → <=',
    reason: 'one more attempt is made before a contended bucket is reported',
  },
  {
    file: 'lib/aws/dynamodb/userStore.ts',
    text: 'const isAnyRoom = (row?.unlistedUntil ?? 0) > now;',
    change: '0 → 1',
    reason: NOTHING_THERE,
  },
  {
    file: 'lib/aws/dynamodb/userStore.ts',
    text: 'const until = refusing?.cooldownUntil ?? 0;',
    change: '0 → 1',
    reason: NOTHING_THERE,
  },
  {
    file: 'lib/aws/dynamodb/frameUpdates.ts',
    text: 'return (leaving?.size ?? 0) < MAX_LEAVING ? undefined : contended(charge);',
    change: '0 → 1',
    reason: NOTHING_THERE,
  },
  {
    file: 'lib/aws/dynamodb/logStore.ts',
    text: 'Limit: barrenPages > 0 ? Math.max(limit, MIN_NEXT_PAGE) : Math.min(chunk, limit - rows.length),',
    change: '- → +',
    reason: COST,
  },
  {
    file: 'lib/log/findDuplicatePaged.ts',
    text: 'while (reached - send.after < MAX_ROWS && kilobytes < MAX_KILOBYTES) {',
    change: '< → <=',
    reason: 'one more page is read before a search that is too long is given up',
  },
  {
    file: 'lib/aws/dynamodb/bans.ts',
    text: "ConditionExpression: 'attribute_not_exists(#unlistedUntil) OR #unlistedUntil < :until',",
    change:
      "'attribute_not_exists(#unlistedUntil) OR #unlistedUntil < :until' → 'attribute_not_exists(#unlistedUntil) OR #unlistedUntil <= :until'",
    reason: 'the same time is written once more',
  },
  {
    file: 'lib/aws/dynamodb/logStore.ts',
    text: 'let bytes = 0;',
    change: '0 → 1',
    reason: 'a read ends one byte earlier',
  },
  {
    file: 'lib/log/findDuplicatePaged.ts',
    text: 'const run = await readCompletedIdentities(context.log, send.room, reached, pageSize + 1);',
    change: '1 → 2',
    reason: COST,
  },
  {
    file: 'lib/log/findDuplicatePaged.ts',
    text: 'context.recentLogs.remember(send.room, run, asked);',
    change: 'context.recentLogs.remember(send.room, run, asked); → ;',
    reason: COST,
  },
  {
    file: 'lib/log/entryIdentity.ts',
    text: 'return rows.every((slot, i) => i === 0 || slot.seq === (rows[i - 1]?.seq ?? 0) + 1);',
    change: '0 → 1',
    reason: NEVER_MISSING,
  },
  {
    file: 'lib/log/appendEntry.ts',
    text: 'random() * MAX_CONFLICT_WAIT_MS * CONFLICT_WAIT_FACTOR ** (conflicts - CONFLICTS_BEFORE_WAIT),',
    change: '* → /',
    reason: WAIT,
  },
  {
    file: 'lib/moderation/removeUser.ts',
    text: 'if (attempt > 0) await clock.wait(random() * CLOSE_RETRY_MS * 2 ** attempt);',
    change: '* → /',
    reason: WAIT,
  },
  {
    file: 'lib/log/findPlace.ts',
    text: 'const [below] = await reader.log.readBackward(room, first - 1, 1, reader.clock.now());',
    change: '1 → 2',
    reason: COST,
  },
  {
    file: 'lib/log/readPage.ts',
    text: 'const [stored] = await context.log.readForward(room, seq, 1, now);',
    change: '1 → 2',
    reason: COST,
  },
  {
    file: 'lib/log/readPage.ts',
    text: 'export function budgetFor(entries: number, used = 0): Budget {',
    change: '0 → 1',
    reason: 'a page has a kilobyte to spare, and holds one byte less',
  },
  {
    file: 'lib/log/readPage.ts',
    text: 'const [head] = await log.readBackward(room, undefined, 1, now);',
    change: '1 → 2',
    reason: COST,
  },
  {
    file: 'lib/log/readPage.ts',
    text: 'more: next !== undefined && next.seq === (oldest?.seq ?? 0) - 1,',
    change: '0 → 1',
    reason: NEVER_MISSING,
  },
  {
    file: 'client/history.ts',
    text: 'return false;',
    change: 'false → true',
    reason: 'the job has no next position any more, which ends it one step later',
  },
  {
    file: 'client/timeline/reorderBuffer.ts',
    text: 'let head = 0;',
    change: '0 → 1',
    reason: 'a head of 1 in an empty room is read once and found to be claimed in error',
  },
  {
    file: 'client/timeline/messageWindow.ts',
    text: 'let older = { hasOlder: false, olderExpired: false };',
    change: 'false → true',
    reason: 'the first page of the room sets both before the app can see them',
  },
  {
    file: 'lib/aws/dynamodb/listedMemberStore.ts',
    text: 'return new Set(rows.flatMap(({ r }) => userOf.get(String(r)) ?? []));',
    change: 'userOf.get(String(r)) ?? [] → userOf.get(String(r))',
    reason: NEVER_MISSING,
  },
  {
    file: 'lib/aws/dynamodb/restrictionRows.ts',
    text: 'return rows.flatMap(({ until, at = 0, user, name, by, byName }) => {',
    change: '0 → 1',
    reason: NEVER_MISSING,
  },
  {
    file: 'lib/aws/dynamodb/chargeConnection.ts',
    text: "if (row.refused) return { kind: 'bannedEverywhere', until: row.bannedUntil ?? 0 };",
    change: 'row.bannedUntil ?? 0 → row.bannedUntil',
    reason: NEVER_MISSING,
  },
];
