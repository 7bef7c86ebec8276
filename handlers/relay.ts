import { createRelayContext } from '../lib/app/eventContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parseWakes } from '../lib/events/parseWakes';
import { relayWakes } from '../lib/events/relayWakes';

const shared = createRelayContext();
/** Time kept for the event that is on its way, and for the cursor, in milliseconds. */
const RESERVE_MS = 15_000;

/** The records that Lambda brings again. */
interface Failures {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Sends what the log has to the operator's sink, in the rooms that a batch names. */
export const handler = withTelemetry(
  'relay',
  async (event: unknown, metrics, invocation): Promise<Failures> => {
    const deadline = shared.clock.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS;
    const records = parseWakes(event);
    const failed = await relayWakes(
      { ...shared, metrics },
      records.map(({ wake }) => wake),
      deadline,
    );
    const rooms = new Set(failed.map(({ room }) => room));
    const left = records.filter(({ wake }) => rooms.has(wake.room));
    return { batchItemFailures: left.map(({ id }) => ({ itemIdentifier: id })) };
  },
);
