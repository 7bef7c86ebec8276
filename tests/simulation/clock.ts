/** Virtual time: events run in order of their time, then of their making, each with its promises settled. */
export interface VirtualClock {
  now(): number;
  /** Runs something `ms` from now; the function it gives calls it off. */
  after(ms: number, run: () => void): () => void;
  wait(ms: number): Promise<void>;
  /** Runs everything up to a time, in milliseconds since the epoch. */
  runUntil(time: number): Promise<void>;
  /** Jumps as a sleeping device does: time passes and nothing runs. */
  sleep(ms: number): void;
  /** How many events are due some time. */
  pending(): number;
}

interface Event {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

export function createVirtualClock(start: number): VirtualClock {
  const heap: Event[] = [];
  let now = start;
  let made = 0;

  const after = (ms: number, run: () => void): (() => void) => {
    const event: Event = { at: now + Math.max(0, ms), order: made++, run };
    push(heap, event);
    return () => {
      event.run = undefined;
    };
  };

  return {
    now: () => now,
    after,
    wait: (ms) => new Promise((resolve) => after(ms, resolve)),
    async runUntil(time) {
      // From here on this is a promise callback, as `settled` needs it.
      await undefined;
      for (let next = heap[0]; next && next.at <= time; next = heap[0]) {
        pop(heap);
        if (!next.run) continue;
        now = Math.max(now, next.at);
        next.run();
        await settled();
      }
      now = Math.max(now, time);
    },
    sleep(ms) {
      now += ms;
    },
    pending: () => heap.filter(({ run }) => run).length,
  };
}

// Node runs a tick that a promise callback asks for once no promise callback is due any more. An immediate would
// say the same, but goes by way of the event loop.
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function comesBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let i = heap.push(event) - 1;
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up];
    if (!parent || comesBefore(parent, event)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let i = 0;
  for (;;) {
    const left = heap[2 * i + 1];
    const right = heap[2 * i + 2];
    const isRight = left !== undefined && right !== undefined && comesBefore(right, left);
    const child = isRight ? right : left;
    if (!child || comesBefore(last, child)) break;
    heap[i] = child;
    i = 2 * i + (isRight ? 2 : 1);
  }
  heap[i] = last;
}
