import { createDirectoryContext } from '../lib/app/operatorContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parseUsersCommand } from '../lib/operator/parseCommand';
import { findBans, findConnected, readUser } from '../lib/operator/readUsers';

const context = createDirectoryContext();

/** Shows users to an operator: one user, those who are connected, or the bans. */
export const handler = withTelemetry('operatorUsers', async (event: unknown, metrics) => {
  const order = parseUsersCommand(event);
  metrics.annotate({ action: order.order });
  switch (order.order) {
    case 'user':
      return readUser(context, order.user);
    case 'connected':
      return findConnected(context, order.text, order.next);
    case 'bans':
      return findBans(context, order.text, order.next);
    default:
      return order satisfies never;
  }
});
