import { listQueue, report, resolveReports } from '../../client/reports';
import { createHarness, received } from './kit/harness';

const bob = { id: 'bob', name: 'Bob' };

describe('reports', () => {
  it('are made, listed and resolved', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const item = { kind: 'report' as const, of: 2, user: bob, at: 1 };
    harness.gateway.faults.request = ({ action }) =>
      action === 'getQueue'
        ? { answer: { type: 'queue', room: 'lobby', items: [item], next: 'more' } }
        : undefined;

    const asked = Promise.all([
      report(room, 2, 'Spam'),
      listQueue(room, 'from-here'),
      resolveReports(room, 2),
    ]);
    await harness.clock.pass(1_000);

    expect((await asked)[1]).toEqual({ items: [item], next: 'more' });
    expect(received(harness, 'report')).toMatchObject([{ room: 'lobby', of: 2, reason: 'Spam' }]);
    expect(received(harness, 'getQueue')).toMatchObject([{ room: 'lobby', from: 'from-here' }]);
    expect(received(harness, 'resolveReports')).toMatchObject([{ room: 'lobby', of: 2 }]);
  });
});
