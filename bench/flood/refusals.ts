import { handleSendMessage } from '../../lib/actions/routes';
import { connect, createHarness, type Harness } from '../../tests/unit/harness';

const FRAMES = 50_000;

/** Measures the microseconds of processor time that a refusal takes, by reason. */
export async function costOfRefusals(): Promise<Record<string, number>> {
  const patient: Harness['floodDetector'] = { countFrame: () => 'fine', countRefusal: () => 'fine' };
  const frozen = (harness: Harness): Harness => {
    const now = harness.clock.now();
    return { ...harness, clock: { ...harness.clock, now: () => now } };
  };
  return {
    'told to wait, and not waiting': await costOf(
      frozen({ ...createHarness(), floodDetector: patient }),
      'rateLimited',
    ),
    'of a connection that is being closed': await costOf(frozen(createHarness()), 'rateLimited'),
  };
}

async function costOf(harness: Harness, code: string): Promise<number> {
  const who = await connect(harness, 'mallory-1', { id: 'mallory', name: 'M' }, ['den']);
  let after = 0;
  const send = async (n: number): Promise<string> => {
    const frame = { action: 'sendMessage', room: 'den', id: `message-${n}`, text: 'x'.repeat(160), after };
    const reply = await handleSendMessage(harness, who, JSON.stringify(frame));
    if (reply.type === 'ack') after = reply.seq;
    return reply.type === 'error' ? reply.code : reply.type;
  };
  for (let n = 0; n < FRAMES / 10; n++) await send(n);
  const began = process.cpuUsage();
  for (let n = 0; n < FRAMES; n++) {
    const answered = await send(FRAMES + n);
    if (answered !== code) throw new Error(`A frame that was to be refused was answered ${answered}.`);
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / FRAMES;
}
