import type { ReviewContext } from '../ports/contexts';
import type { ReviewRequest } from '../ports/reviewer';
import { Unavailable } from '../ports/unavailable';
import type { Verdict } from '../ports/verdictStore';
import type { Content, FileInfo, MessageContent, User } from '../protocol';
import { type ErrorDetails, refusedByReview } from '../protocol/errorReplies';
import { parseVerdict } from './parseVerdict';

/** A verdict is kept for this long, in milliseconds: clients repeat a send for a day. */
const VERDICT_TTL_MS = 24 * 3_600_000;

/** Words that a user wants to show in a room, of a message or of an edit (`of`). */
type Words = Omit<MessageContent, 'text'> & { room: string; id: string; of?: number; text: string };

/** Words as they may be shown, and whether the review has replaced them. */
export interface Reviewed<W> {
  words: W;
  isReplaced: boolean;
}

/**
 * Has words reviewed, in a deployment that reviews, before anything of them is written. Gives the words that may be
 * shown, or the refusal.
 * @throws Unavailable when there is no verdict: then nothing may be shown, and the client sends again.
 */
export async function reviewWords<W extends Words>(
  context: ReviewContext,
  from: User,
  words: W,
  files?: readonly FileInfo[],
): Promise<Reviewed<W> | ErrorDetails> {
  if (!context.review) return { words, isReplaced: false };
  const verdict = await judge(context, context.review, requestOf(from, words, files));
  switch (verdict.verdict) {
    case 'allow':
      return { words, isReplaced: false };
    case 'deny':
      return refusedByReview(verdict.reason);
    case 'replace':
      return { words: { ...words, ...contentOf(verdict) }, isReplaced: true };
    default:
      return verdict satisfies never;
  }
}

/** Gives the verdict that was kept for these words under this id, or asks for one and keeps it. */
async function judge(
  { clock, metrics }: ReviewContext,
  { reviewer, verdicts }: NonNullable<ReviewContext['review']>,
  request: ReviewRequest,
): Promise<Verdict> {
  // Other words under the same id are another subject: a verdict must not pass words that it is not about.
  const subject = JSON.stringify({ ...request, from: request.from.id });
  const kept = await verdicts.find(subject);
  if (kept) return kept;
  const asked = clock.now();
  try {
    const verdict = parseVerdict(await reviewer.ask(request));
    if (!verdict) throw new Unavailable('The review function answered with no verdict.');
    metrics.increment('ReviewMs', clock.now() - asked);
    return await verdicts.keepFirst(subject, verdict, clock.now() + VERDICT_TTL_MS);
  } catch (error) {
    metrics.increment('ReviewsFailed');
    throw error;
  }
}

function requestOf(
  from: User,
  { room, id, of, text, kind, data, replyTo, mentions }: Words,
  files: readonly FileInfo[] | undefined,
): ReviewRequest {
  return {
    ...{ room, id, from, text },
    ...(of !== undefined && { of }),
    ...(kind !== undefined && { kind }),
    ...(data !== undefined && { data }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions !== undefined && { mentions }),
    ...(files !== undefined && { files }),
  };
}

function contentOf({ text, data }: Content): Content {
  return { text, ...(data !== undefined && { data }) };
}
