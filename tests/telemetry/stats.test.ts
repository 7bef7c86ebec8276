import { terminalLine } from '../../local/console/output';
import { createStats } from '../../local/console/stats';
import { keepStatus, type Screen, summaryOf } from '../../local/console/statusLine';

const NOW = 1_800_000_000_000;

const line = (values: Record<string, number>, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'EdgeChat',
          Dimensions: [['Stack']],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    level: 'info',
    message: 'sendMessage ack',
    ms: 3,
    ...values,
    ...more,
  });

/** Numbers at a time that can be moved. */
function begin() {
  let now = NOW;
  const stats = createStats(() => now);
  return {
    stats,
    pass(ms: number) {
      now += ms;
    },
  };
}

it('adds up what the lines say they measure, and nothing else', () => {
  const { stats } = begin();
  stats.take(line({ Messages: 1, Recipients: 3 }, { Gone: 9 }));
  stats.take(line({ Messages: 1 }, { room: 'den', connectionId: 'a=' }));
  stats.take(line({ Refused: 1 }, { Reason: 'rateLimited' }));
  for (const other of [
    'no JSON',
    '[]',
    'null',
    '{"level":"info"',
    '{"_aws":{}}',
    '{"_aws":{"CloudWatchMetrics":1}}',
  ])
    stats.take(other);

  const { totals, refused, lines } = stats.snapshot();

  expect(totals).toEqual({ Messages: 2, Recipients: 3, Refused: 1 });
  expect(refused).toEqual({ rateLimited: 1 });
  expect(lines.map(({ room, reason }) => [room, reason])).toEqual([
    ['', 'rateLimited'],
    ['den', ''],
    ['', ''],
  ]);
});

it('draws two minutes, second by second', () => {
  const { stats, pass } = begin();
  stats.take(line({ Messages: 2 }));
  pass(1_000);
  stats.take(line({ Messages: 5 }));

  const { series, seconds } = stats.snapshot();
  expect(series.Messages?.length).toBe(seconds);
  expect(series.Messages?.slice(-3)).toEqual([0, 2, 5]);

  pass(seconds * 1_000);
  expect(stats.snapshot().series.Messages?.some((count) => count > 0)).toBe(false);
  expect(stats.snapshot().totals.Messages).toBe(7);
});

it('tells how long fan-outs of the last minute took', () => {
  const { stats, pass } = begin();
  stats.take(line({ FanOutMs: 9_000 }));
  pass(61_000);
  for (let ms = 1; ms <= 100; ms++) stats.take(line({ FanOutMs: ms }));

  expect(stats.snapshot().fanOut).toEqual({ p50: 51, p99: 100, most: 100 });
});

it('keeps no more than it shows, however long it runs', () => {
  const { stats, pass } = begin();
  for (let i = 0; i < 2_000; i++) {
    stats.take(line({ FanOutMs: 1 }));
    pass(500);
  }

  expect(JSON.stringify(stats.snapshot()).length).toBeLessThan(10_000);
  expect(stats.snapshot().lines).toHaveLength(40);
});

it('sums up a run in a line, once there is something to say', () => {
  const { stats } = begin();
  expect(summaryOf(stats.snapshot())).toBe('');

  stats.take(line({ ConnectionsOpened: 2 }));
  stats.take(line({ ConnectionsClosed: 1, Throttled: 4 }));
  stats.take(line({ Messages: 3, Recipients: 6, FanOutMs: 7 }));

  expect(summaryOf(stats.snapshot())).toBe(
    '1 connected · 3 messages · 6 posts · fan-out p50 7 p99 7 ms · 0 refused · Throttled 4',
  );
});

describe('the line at the foot', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const screenOf = (isTTY: boolean) => {
    const written: string[] = [];
    const screen: Screen = { isTTY, columns: 20, write: (text) => written.push(text) };
    return { screen, written };
  };

  it('of a terminal is redrawn where it changed, and makes way for others', () => {
    const { screen, written } = screenOf(true);
    let summary = 'one';
    const status = keepStatus(screen, () => summary);

    jest.advanceTimersByTime(5_000);
    summary = 'two, which is too long for it';
    jest.advanceTimersByTime(1_000);
    status.print('an error');
    status.stop();

    const cut = 'two, which is too l';
    expect(written).toEqual(['one', '\r\u001b[2K', cut, '\r\u001b[2K', 'an error\n', cut, '\r\u001b[2K']);
  });

  it('of anything else is one line a minute, and none while nothing happens', () => {
    const { screen, written } = screenOf(false);
    let count = 0;
    const status = keepStatus(screen, () => (count > 0 ? `${count} messages` : ''));

    jest.advanceTimersByTime(600_000);
    expect(written).toEqual([]);
    count = 3;
    jest.advanceTimersByTime(59_000);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(600_000);
    status.stop();
    jest.advanceTimersByTime(600_000);

    expect(written).toEqual(['3 messages\n']);
  });
});

it.each([
  [line({ Messages: 1 }), false],
  [line({}, { level: 'warn' }), true],
  ['{"_aws":{},"Messages":1}', false],
  ['Error: a stack', true],
])('a terminal is shown %s: %s', (printed, isShown) => {
  expect(terminalLine(printed, false) !== undefined).toBe(isShown);
});
