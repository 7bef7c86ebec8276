import { createHistogram } from '../../bench/load/histogram';
import { createJudge, type Judge } from '../../bench/load/judge';
import { defaultsFor } from '../../bench/load/options';
import { createSendWindow } from '../../bench/load/sendWindow';
import { isGrowing, trendOf } from '../../bench/soak/trend';
import { between, seeded } from '../simulation/random';

describe('the judge of a load', () => {
  /** Three people in a room; the first sends `count` messages, each acknowledged, all shown to the second and third. */
  const talk = (judge: Judge, count: number, shown: (nth: number) => number[] = () => [0, 1, 2]) => {
    for (let nth = 1; nth <= count; nth++) {
      judge.send({ sender: 0, nth }, 3, nth * 100);
      judge.acknowledge({ sender: 0, nth }, nth, nth * 100 + 10);
      for (const receiver of shown(nth)) judge.show(receiver, { sender: 0, nth }, nth, nth * 100 + 20);
    }
  };

  it('finds nothing where everybody is shown everything', () => {
    const judge = createJudge();
    talk(judge, 50);
    judge.end();

    expect(judge.faults).toEqual({ lost: 0, doubled: 0, reordered: 0, misplaced: 0 });
    expect(judge.underWay).toBe(0);
    expect(judge.ackMs.at(0.5)).toBeCloseTo(10, 0);
    expect(judge.lastMs.at(1)).toBeCloseTo(20, 0);
  });

  it.each<[string, (judge: Judge) => void, keyof Judge['faults']]>([
    [
      'the last message is not shown to one',
      (judge) => talk(judge, 5, (nth) => (nth === 5 ? [0, 1] : [0, 1, 2])),
      'lost',
    ],
    [
      'one in the middle is not shown to one',
      (judge) => talk(judge, 5, (nth) => (nth === 3 ? [0, 1] : [0, 1, 2])),
      'lost',
    ],
    [
      'one is shown twice',
      (judge) => talk(judge, 5, (nth) => (nth === 3 ? [0, 1, 2, 2] : [0, 1, 2])),
      'doubled',
    ],
    [
      'one stands in the room twice',
      (judge) => {
        talk(judge, 5);
        judge.show(1, { sender: 0, nth: 5 }, 6, 900);
      },
      'doubled',
    ],
    [
      'an earlier one comes after a later one',
      (judge) => {
        talk(judge, 2, (nth) => (nth === 1 ? [0, 1] : [0, 1, 2]));
        judge.show(2, { sender: 0, nth: 1 }, 1, 900);
      },
      'reordered',
    ],
    [
      "a sender's own order is not the room's",
      (judge) => {
        judge.show(1, { sender: 0, nth: 2 }, 1, 0);
        judge.show(1, { sender: 0, nth: 1 }, 2, 0);
      },
      'reordered',
    ],
    [
      'one is acknowledged at another place',
      (judge) => {
        judge.send({ sender: 0, nth: 1 }, 2, 0);
        judge.acknowledge({ sender: 0, nth: 1 }, 7, 1);
        judge.show(1, { sender: 0, nth: 1 }, 1, 2);
      },
      'misplaced',
    ],
  ])('sees that %s', (_what, act, fault) => {
    const judge = createJudge();
    act(judge);
    judge.end();

    expect(judge.faults[fault]).toBeGreaterThan(0);
  });
});

it('a histogram gives percentiles within two per cent', () => {
  const histogram = createHistogram();
  for (let ms = 1; ms <= 10_000; ms++) histogram.add(ms);

  for (const part of [0.01, 0.5, 0.9, 0.99, 1])
    expect(Math.abs(histogram.at(part) / (part * 10_000) - 1)).toBeLessThan(0.021);
  expect(createHistogram().at(0.5)).toBe(0);
});

describe('the trend of a soak', () => {
  const random = seeded(7);
  const series = (value: (i: number) => number) =>
    Array.from({ length: 120 }, (_, i) => ({ at: i / 4, value: value(i) }));

  it.each<[string, boolean, (i: number) => number]>([
    ['noise', false, () => between(random, 90, 110)],
    ['a saw', false, (i) => 100 + (i % 10)],
    ['a warm-up', false, (i) => Math.min(100, 40 + i * 3)],
    ['a fall', false, (i) => 200 - i],
    ['a steady leak', true, (i) => 100 + i * 0.2],
    ['a leak in noise', true, (i) => between(random, 90, 110) + i * 0.5],
    ['a saw that climbs', true, (i) => 100 + (i % 10) + i * 0.3],
  ])('%s grows: %s', (_what, grows, value) => {
    expect(isGrowing(trendOf(series(value)), 10)).toBe(grows);
  });
});

it.each([
  ['a deployed stack', new URL('https://chat.example.com'), { clients: 500, rooms: 50, rate: 200 }],
  ['a stack on this machine', new URL('http://127.0.0.1:8080'), { clients: 100, rooms: 10, rate: 20 }],
  ['a stack that the run starts', undefined, { clients: 100, rooms: 10, rate: 20 }],
])('has defaults that fit %s of two cores', (_name, url, defaults) => {
  expect(defaultsFor(url, 2)).toMatchObject(defaults);
});

describe('the window of sends', () => {
  /** Offers `rate` sends a second to a stack that decides `carries` a second, one after the other. */
  const offer = (rate: number, carries: number, seconds: number) => {
    const window = createSendWindow(rate);
    const starts: number[] = [];
    let slowest = 0;
    let decided = 0;
    for (let ms = 0; ms < seconds * 1000; ms++) {
      if (ms % (1000 / rate) === 0 && window.hasSpace) {
        window.start();
        starts.push(ms);
      }
      if (ms % (1000 / carries) !== 0) continue;
      const began = starts.shift();
      if (began === undefined) continue;
      decided++;
      // The first answers come late, until the window has shrunk.
      if (ms > 10_000) slowest = Math.max(slowest, ms - began);
      window.end(ms - began, ms);
    }
    return { decided, slowest };
  };

  it.each([20, 10, 4])('lets the load fall to the %d a second that the stack carries', (carries) => {
    const { decided, slowest } = offer(200, carries, 60);

    expect(decided).toBeGreaterThan(carries * 60 * 0.9);
    // Below the 5 s after which the client repeats a send, which would be load for nothing.
    expect(slowest).toBeLessThan(5_000);
  });

  it('holds nothing back where the stack keeps up', () => {
    expect(offer(20, 50, 60).decided).toBeGreaterThan(20 * 60 - 3);
  });
});
