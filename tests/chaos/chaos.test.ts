import type { MessageEntry } from '../../lib/protocol';
import { ALL, createDice, parseFaults } from './faults';
import { type ChaosOptions, runChaos } from './runChaos';
import { summarize } from './summary';
import { createWitness } from './witness';

jest.setTimeout(360_000);
// Each run throws other dice: a second one that passes says nothing of a violation in the first.
jest.retryTimes(0);

/** Another run each time; the seed is printed, so that its dice can be thrown again. */
const seed = Date.now() % 1_000_000;

const small: ChaosOptions = {
  seed,
  clients: 20,
  rooms: 4,
  sends: 400,
  rates: ALL,
  sendsPerSecond: 60,
  pingEveryMs: 3_000,
  lastsMs: 240_000,
  healsMs: 60_000,
  storms: 1,
};

it.each([
  ['own', small],
  ['sdk', { ...small, sends: 200 }],
])(
  'with awsClients=%s loses, doubles, reorders and skips nothing on the real stack under every fault',
  async (awsClients, options) => {
    const report = await runChaos({ ...options, awsClients });

    console.log(summarize(report));
    expect(report.violations).toEqual([]);
    expect(report.acknowledgements).toBe(options.sends);
    expect(report.rows).toBe(options.sends);
    expect(report.deliveries).toBe(options.sends * (options.clients / options.rooms));
  },
);

it('sees that a database lies which answers success and writes nothing', async () => {
  const { violations, counts } = await runChaos({
    ...small,
    clients: 4,
    rooms: 1,
    sends: 40,
    rates: { putSwallowed: 0.2 },
    lastsMs: 30_000,
    healsMs: 1_000,
    storms: 0,
  });

  expect(counts.get('putSwallowed')).toBeGreaterThan(0);
  expect(violations.map(({ kind }) => kind)).toContain('wrongAck');
});

describe('faults', () => {
  it.each([
    ['none', {}],
    ['all', ALL],
    ['sockets', { socketReset: 0.3, socketBlackholed: 0.08, socketSlow: 0.1, replyLost: 0.02 }],
    ['postHangs=0.5,databaseRefused=1', { postHangs: 0.5, databaseRefused: 1 }],
  ])('are chosen as %s', (text, rates) => {
    expect(parseFaults(text)).toEqual(rates);
  });

  it.each(['lightning', 'postHangs', 'postHangs=2', 'postHangs=x'])('are not "%s"', (text) => {
    expect(() => parseFaults(text)).toThrow();
  });

  it('are drawn as often as asked, counted, and stopped', () => {
    const draws = [0.05, 0.2, 0.05];
    const dice = createDice(() => draws.shift() ?? 0, { postHangs: 0.1 });

    const hits = [dice.hits('postHangs'), dice.hits('postHangs'), dice.draws('postHangs')];
    dice.stop();

    expect(hits).toEqual([true, false, true]);
    expect(dice.hits('postHangs')).toBe(false);
    expect(dice.counts.get('postHangs')).toBe(1);
  });
});

describe('the witness', () => {
  const entry = (text: string): MessageEntry => ({
    type: 'message',
    seq: 1,
    id: 'ann-00000001',
    text,
    from: { id: 'guest:ann', name: 'ann' },
    at: 0,
  });

  it.each([
    ['takes what is shown before its write is answered for what was written', 'hello', []],
    ['sees that what was shown is not what was written', 'jello', ['inconsistent']],
  ])('%s', (_name, shown, violations) => {
    const witness = createWitness();

    witness.shown('ben', 'den', entry(shown));
    witness.written('den', entry('hello'));

    expect(witness.checker.violations.map(({ kind }) => kind)).toEqual(violations);
    expect(witness.checker.cursor('ben', 'den')).toBe(1);
  });
});
