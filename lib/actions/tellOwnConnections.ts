import { announce } from '../connections/announcements';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import type { Push, User } from '../protocol';

/** Posts a push to a user's connections, but for the one that knows it already. */
export async function tellOwnConnections(
  context: ConnectionContext & UserContext,
  user: User,
  by: string | undefined,
  push: Push,
): Promise<void> {
  const own = await context.users.readConnections(user.id);
  await announce(
    context,
    own.filter((id) => id !== by),
    push,
  );
}
