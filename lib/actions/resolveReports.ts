import type { Requester } from '../auth/requester';
import type {
  ChatContext,
  ConnectionRoomContext,
  ListedMemberContext,
  ReportContext,
} from '../ports/contexts';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** Each report is two writes. */
const RESOLVE_TOKENS = 5;

/** Ends the reports of a message for a moderator. The log line of the call says which moderator did it. */
export async function resolveReports(
  context: ChatContext & ConnectionRoomContext & ListedMemberContext & ReportContext,
  requester: Requester,
  message: MessageOf<'resolveReports'>,
): Promise<Reply> {
  const { action, room, of } = message;
  context.metrics.annotate({ seq: of });
  const refused = await chargeModerator(context, requester, message, RESOLVE_TOKENS);
  if (refused) return refused;
  await context.reports.resolve(room, of);
  return { type: 'ok', action, room };
}
