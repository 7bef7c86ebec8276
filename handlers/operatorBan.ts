import { createModerationContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parseBanCommand, runBanCommand } from '../lib/operator/banCommand';
import { parseRoomCommand, runRoomCommand } from '../lib/operator/roomCommand';

const context = createModerationContext();

/** Carries out what an operator orders: only IAM lets anybody invoke this, and no API leads here. */
export const handler = withTelemetry('operatorBan', async (event: unknown, metrics) => {
  const about = parseRoomCommand(event);
  if (about) {
    const { order: action, room } = about;
    metrics.annotate({ action, room, ...('user' in about && { userId: about.user }) });
    return { done: await runRoomCommand({ ...context, metrics }, about) };
  }
  const order = parseBanCommand(event);
  metrics.annotate({
    action: order.order,
    userId: order.user,
    ...(order.room !== undefined && { room: order.room }),
  });
  return { done: await runBanCommand({ ...context, metrics }, order) };
});
