import { createReplayContext } from '../lib/app/eventContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { replayRoom } from '../lib/events/replayRoom';
import { parseReplayCommand } from '../lib/operator/parseCommand';
import type { Rewind } from '../lib/ports/eventCursorStore';

const context = createReplayContext();

/** Has a room's events sent again, for an operator: `{"room", "from"}`. */
export const handler = withTelemetry(
  'operatorReplay',
  async (event: unknown, metrics): Promise<{ outcome: Rewind }> => {
    const { room, from } = parseReplayCommand(event);
    metrics.annotate({ room, seq: from });
    return { outcome: await replayRoom(context, room, from) };
  },
);
