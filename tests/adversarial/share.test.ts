import { bundleWorker, type Patch } from '../simulation/bundle';
import { type Engine, openStores, startDynalite } from '../stores/engines';
import { createHarness } from '../unit/harness';
import { careless, flood, floodVirtually, greedy, type Outcome, SHARE } from './share';

jest.setTimeout(60_000);

/** A bucket lets through its burst, its rate over the time, and its rate while the last frame is answered. */
const shareIn = (tookMs: number) => SHARE.burst + Math.ceil((SHARE.perSecond * tookMs) / 1_000);

const told = ({ written, refused, tookMs }: Outcome) =>
  `${written} messages written in ${(tookMs / 1_000).toFixed(1)} s, ${refused} frames refused`;

it('five connections of a user together get no more than the user’s share, and no less', async () => {
  const outcome = await floodVirtually(greedy);

  console.log(`${told(outcome)}; the share is ${shareIn(outcome.tookMs)}.`);
  expect(outcome.written).toBeLessThanOrEqual(shareIn(outcome.tookMs));
  expect(outcome.written).toBeGreaterThanOrEqual(0.95 * shareIn(greedy.forMs));
});

it('a connection that floods does not silence another of the same user', async () => {
  const { patient, refused } = await floodVirtually(careless);

  expect(refused).toBeGreaterThan(2_500);
  expect(patient.sent).toBeGreaterThanOrEqual(30);
  expect(patient.refused).toBe(0);
});

describe('on dynalite', () => {
  let engine: Engine;
  let opened: Awaited<ReturnType<typeof openStores>>;

  beforeAll(async () => {
    engine = await startDynalite();
    opened = await openStores(engine);
  });
  afterAll(() => opened.close());

  it('five connections of a user together get no more than the user’s share', async () => {
    const clock = { now: Date.now, wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };
    const context = { ...createHarness(), ...opened.stores };

    const outcome = await flood(
      { ...context, clock: { ...context.clock, ...clock } },
      { ...greedy, forMs: 3_000, framesPerSecond: 20 },
    );

    console.log(told(outcome));
    expect(outcome.written).toBeLessThanOrEqual(shareIn(outcome.tookMs));
    expect(outcome.written).toBeGreaterThanOrEqual(SHARE.burst);
  });
});

/** The result of the measurements above with a planted bug. */
async function withBug(patch: Omit<Patch, 'file'>) {
  const bundle = await bundleWorker(
    [{ file: 'lib/rateLimiting/sendQuota.ts', ...patch }],
    'tests/adversarial/share.ts',
  );
  return require(bundle) as typeof import('./share');
}

describe('the measurement tells', () => {
  it('a bucket for each connection alone', async () => {
    const broken = await withBug({
      find: "if (charged === 'ok') return chargeUser(context, user, text, now);",
      replace: "if (charged === 'ok') return 'ok';",
    });

    const { written, tookMs } = await broken.floodVirtually(greedy);

    expect(written).toBeGreaterThan(2 * shareIn(tookMs));
  });

  it('refused frames that the user is charged for', async () => {
    const broken = await withBug({
      find: "if (charged === 'ok') return chargeUser(context, user, text, now);",
      replace:
        "const ofUser = await chargeUser(context, user, text, now);\n  if (charged === 'ok') return ofUser;",
    });

    const { patient } = await broken.floodVirtually(careless);

    expect(patient.refused).toBeGreaterThan(5);
  });
});
