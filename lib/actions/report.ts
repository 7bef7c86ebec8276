import { readEntry } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ReportContext } from '../ports/contexts';
import { REPORTS_PER_MESSAGE, REPORTS_PER_USER, type Reply } from '../protocol';
import { type ErrorDetails, errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { SYNCS } from '../rateLimiting/tokenBucket';
import { chargeMember } from './chargeMember';
import { GONE } from './editAndDeleteRights';

/** A report reads the message, its other reports and the user's, and writes twice. */
const REPORT_TOKENS = 5;

/** A report that no moderator resolves ends after this, in milliseconds. */
const REPORT_TTL_MS = 30 * 24 * 3_600_000;

const TOO_MANY: ErrorDetails = {
  code: 'tooMany',
  message: `A user may have ${REPORTS_PER_USER} open reports: moderators have to resolve some first.`,
};

/** Reports a message to the moderators of its room, for a connection that is in the room, and charges it. */
export async function report(
  context: ChatContext & ReportContext,
  requester: Connection,
  message: MessageOf<'report'>,
): Promise<Reply> {
  const { action, room, of, reason } = message;
  context.metrics.annotate({ seq: of });
  const refused = await chargeMember(context, requester, message, SYNCS, REPORT_TOKENS);
  if (refused) return refused;
  const entry = await readEntry(context, room, of);
  if (entry?.type !== 'message') return errorReply(message, GONE);
  const at = context.clock.now();
  const { user } = requester;
  const outcome = await context.reports.add(
    room,
    { of, user, at, ...(reason !== undefined && { reason }) },
    { perMessage: REPORTS_PER_MESSAGE, perUser: REPORTS_PER_USER, until: at + REPORT_TTL_MS },
  );
  return outcome === 'tooMany' ? errorReply(message, TOO_MANY) : { type: 'ok', action, room };
}
