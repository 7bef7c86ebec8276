import { announce } from '../connections/announcements';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import type { Push } from '../protocol';

/** Posts a push to a user's connections, but for the one that knows it already. */
export async function tellOwnConnections(
  context: ConnectionContext & UserContext,
  user: string,
  by: string | undefined,
  push: Push,
): Promise<void> {
  const own = await context.users.readConnections(user);
  await announce(
    context,
    own.filter((id) => id !== by),
    push,
  );
}
