import { listRooms } from '../../lib/operator/listRooms';
import { startNative } from './engines';
import { describeOperatorViews } from './operatorViewsContract';

const NOW = 1_800_000_000_000;

describeOperatorViews(startNative);

it('a search ends at its deadline with a place to go on', async () => {
  let now = NOW;
  const slow = { now: () => (now += 4_000), wait: async () => {} };
  const step = async () => ({ next: { room: 'r', seq: 1 } });

  expect(await listRooms({ rooms: { step, readHead: async () => undefined }, clock: slow })).toEqual({
    rooms: [],
    next: { room: 'r', seq: 1 },
  });
});
