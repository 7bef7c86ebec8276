import { expectPromises } from './promises';
import { scenarioOf } from './scenario';
import { simulate } from './simulate';

it('keeps every promise in 6,000 sends', () => expectPromises(2_000_000, 6_000), 300_000);

it('does the same again for the same seed', async () => {
  const once = await simulate(77, scenarioOf(77));
  const again = await simulate(77, scenarioOf(77));

  expect(again).toEqual(once);
});
