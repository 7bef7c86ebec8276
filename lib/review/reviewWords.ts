import type { ReviewContext } from '../ports/contexts';
import type { ReviewRequest } from '../ports/reviewer';
import { Unavailable } from '../ports/unavailable';
import type { Verdict } from '../ports/verdictStore';
import { type Content, type FileInfo, HELD_PER_USER, type MessageContent, type User } from '../protocol';
import { type ErrorDetails, HELD, refusedByReview } from '../protocol/errorReplies';
import { holdMessage } from './holdMessage';
import { parseVerdict } from './parseVerdict';

/** A verdict is kept for this long, in milliseconds: clients repeat a send for a day. */
const VERDICT_TTL_MS = 24 * 3_600_000;

/** Words that a user wants to show in a room, of a message or of an edit (`of`). */
type Words = Omit<MessageContent, 'text'> & { room: string; id: string; of?: number; text: string };

const TOO_MANY_HELD: ErrorDetails = {
  code: 'tooMany',
  message: `Of one user ${HELD_PER_USER} messages may wait for moderators: send this again later.`,
};

/** The verdict for words of an edit that the reviewer would leave to a moderator: the message shows its older words. */
const NO_HELD_EDIT: Verdict = {
  verdict: 'deny',
  reason: 'An edit cannot wait for a moderator: send these words as a new message.',
};

/** What a sender adds to words: files that were looked up, and whether the token is for members of the room only. */
interface Circumstances {
  files?: readonly FileInfo[] | undefined;
  onlyAsMember?: boolean | undefined;
}

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
  { files, onlyAsMember = false }: Circumstances = {},
): Promise<Reviewed<W> | ErrorDetails> {
  if (!context.review) return { words, isReplaced: false };
  const verdict = await judge(context, context.review, requestOf(from, words, files), onlyAsMember);
  if (verdict === 'tooMany') return TOO_MANY_HELD;
  switch (verdict.verdict) {
    case 'allow':
      return { words, isReplaced: false };
    case 'deny':
      return refusedByReview(verdict.reason);
    case 'replace':
      return { words: { ...words, ...contentOf(verdict) }, isReplaced: true };
    case 'hold':
      return HELD;
    default:
      return verdict satisfies never;
  }
}

/** Gives the verdict that was kept for these words under this id, or asks for one and keeps it. */
async function judge(
  context: ReviewContext,
  review: NonNullable<ReviewContext['review']>,
  request: ReviewRequest,
  onlyAsMember: boolean,
): Promise<Verdict | 'tooMany'> {
  const { clock, metrics } = context;
  const { reviewer, verdicts } = review;
  const subject = subjectOf(request);
  const kept = await verdicts.find(subject);
  if (kept) return kept;
  const asked = clock.now();
  try {
    const answer = parseVerdict(await reviewer.ask(request));
    if (!answer) throw new Unavailable('The review function answered with no verdict.');
    metrics.increment('ReviewMs', clock.now() - asked);
    const verdict = answer.verdict === 'hold' && request.of !== undefined ? NO_HELD_EDIT : answer;
    if (verdict.verdict === 'hold')
      return await holdMessage(context, review, subject, {
        request,
        ...(onlyAsMember && { onlyAsMember }),
      });
    return await verdicts.keepFirst(subject, verdict, clock.now() + VERDICT_TTL_MS);
  } catch (error) {
    metrics.increment('ReviewsFailed');
    throw error;
  }
}

/**
 * Names what a verdict is about. Other words under the same id are another subject: a verdict must not pass words that it
 * is not about.
 */
export function subjectOf(request: ReviewRequest): string {
  return JSON.stringify({ ...request, from: request.from.id });
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
