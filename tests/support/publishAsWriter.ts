import { publishAsUser } from '../../lib/actions/publishForBackEnd';
import type { Publication, User } from '../../lib/protocol';

/** Publishes for a user who may write in the room, and not moderate it. */
export function publishAsWriter(
  context: Parameters<typeof publishAsUser>[0],
  author: User,
  publication: Publication,
) {
  return publishAsUser(context, author, publication, { mayWrite: true, mayModerate: false });
}
