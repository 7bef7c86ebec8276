import { readFileSync } from 'node:fs';
import { CHANGES } from './prices/changes';
import { CONNECTIONS } from './prices/connections';
import { OPERATORS } from './prices/operators';
import { PUSH } from './prices/push';
import { READS } from './prices/reads';
import { REFUSALS } from './prices/refusals';
import { REQUESTS } from './prices/requests';
import { bothRows, type Cost, closeScene, costOf, openScene, tidy } from './prices/scene';

jest.setTimeout(300_000);

const PRICES = [...CHANGES, ...READS, ...REQUESTS, ...CONNECTIONS, ...OPERATORS, ...PUSH];

/** The rows of the page: what each frame costs at most. */
const CAPS = new Map(
  [
    ...readFileSync('docs/prices-of-frames.md', 'utf8').matchAll(
      /^\| (.+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm,
    ),
  ].map(([, frame = '', ...numbers]): [string, Cost] => {
    const [read = 0, write = 0, calls = 0, posts = 0] = numbers.map(Number);
    return [frame, { read, write, calls, posts }];
  }),
);

/** What clients, back ends and operators can ask for, as it is deployed. */
const ENTRIES = [
  /\broute: (?!\$default)(\$?\w+)/g,
  /httpApi: \{ method: (?!OPTIONS)(\w+), path: '?(\S+?)'? \}/g,
  /^ {2}(\w+):\n {4}description: .*(?:\(IAM only\)|asynchronously)\.$/gm,
].flatMap((pattern) =>
  [...readFileSync('serverless.yml', 'utf8').matchAll(pattern)].map(([, ...names]) => names.join(' ')),
);

/** What each row cost: Jest takes a stack trace for each call of its console, so all are printed at once. */
const seen: string[] = [];

beforeAll(openScene);
afterEach(tidy);
afterAll(() => console.log(seen.join('\n')));
afterAll(closeScene);

it.each(PRICES)('$frame costs no more than its row says', async ({ frame, prepare, reply }) => {
  const act = await prepare();

  const { cost, outcome } = await costOf(act);

  seen.push(`${frame}: ${Object.values(cost).join(' | ')}`);
  expect(outcome).toMatchObject(reply);
  expectAtMost(cost, CAPS.get(frame));
});

it.each(REFUSALS)(
  '$frame, refused: $why, costs at most 3 read and 2 write units',
  async ({ frame, why, prepare, reply }) => {
    const act = await prepare();

    const { cost, outcome } = await costOf(act);

    seen.push(`${frame} ${why}: ${Object.values(cost).join(' | ')}`);
    expect(outcome).toMatchObject(reply);
    expectAtMost(cost, CAPS.get(`${frame}, refused`));
    expectAtMost(cost, { ...cost, read: 3, write: 2 });
  },
);

function expectAtMost(cost: Cost, cap: Cost | undefined): void {
  for (const [what, amount] of Object.entries(cost))
    expect({ [what]: amount <= (cap?.[what as keyof Cost] ?? -1) ? 'within' : amount }).toEqual({
      [what]: 'within',
    });
}

it('every action, route and function has its prices, and the page has a row for each', () => {
  const frames = [
    ...PRICES.map(({ frame }) => frame),
    ...new Set(REFUSALS.map(({ frame }) => `${frame}, refused`)),
  ];

  expect([...new Set(PRICES.map(({ entry }) => entry))].sort()).toEqual([...new Set(ENTRIES)].sort());
  expect([...CAPS.keys()].sort()).toEqual(frames.sort());
});

it('a staged message is the row that the stores write', async () => {
  const [staged, written] = await bothRows();

  expect(staged).toBeDefined();
  expect(staged).toEqual(written);
});
