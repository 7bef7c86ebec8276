import type { Clock } from '../../../client';

/** Virtual time: nothing happens but what is due, in order. */
export interface VirtualClock extends Clock {
  /** Lets time pass, timer by timer, with a turn for promises after each. */
  pass(ms: number): Promise<void>;
  /** Jumps as a sleeping device does: time passes and no timer fires. */
  sleep(ms: number): void;
  pending(): number;
}

interface Timer {
  at: number;
  order: number;
  run(): void;
}

export function createClock(start = 1_700_000_000_000): VirtualClock {
  let now = start;
  let order = 0;
  const heap: Timer[] = [];
  const cancelled = new Set<Timer>();

  const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);

  const push = (timer: Timer) => {
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isBefore(timer, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  };

  const pop = () => {
    const top = heap[0] as Timer;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[i] = heap[child] as Timer;
      i = child;
    }
    heap[i] = last;
    return top;
  };

  /** Fires the next timer that is due by `end`; tells whether there was one. */
  const fire = (end: number): boolean => {
    while (heap[0] && heap[0].at <= end) {
      const timer = pop();
      if (cancelled.delete(timer)) continue;
      now = Math.max(now, timer.at);
      timer.run();
      return true;
    }
    return false;
  };

  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), order: order++, run: () => {} };
      let isOver = false;
      timer.run = () => {
        isOver = true;
        run();
      };
      push(timer);
      return () => {
        if (isOver) return;
        isOver = true;
        cancelled.add(timer);
      };
    },
    async pass(ms) {
      const end = now + ms;
      await turn();
      while (fire(end)) await turn();
      now = end;
      await turn();
    },
    sleep(ms) {
      now += ms;
    },
    pending: () => heap.length - cancelled.size,
  };
}

/** Lets every promise that can settle do so. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 16; i++) await undefined;
}
