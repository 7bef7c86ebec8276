import { draftMessage } from '../../lib/delivery/entryDrafts';
import { createSlowReaders } from '../../lib/fanOut/slowReaders';
import { appendEntry } from '../../lib/log/appendEntry';
import { findDuplicate } from '../../lib/log/findDuplicate';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import type { Clock, Random } from '../../lib/ports/clock';
import type { LogStore } from '../../lib/ports/logStore';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';

const ATTEMPT_MS = 600_000;
const PAGE = 500;
const ROOM = 'contended';

/** Where the writers write, and the time they live in. */
export interface Arena {
  /** Opens the log as another container does. */
  connect(): { log: LogStore; disconnect(): void };
  clock: Clock;
  random: Random;
}

export interface Load {
  writers: number;
  sends: number;
  /** Mean pause of a writer between an acknowledgement and the next send, in milliseconds: it varies by half. */
  pauseMs: number;
}

/** What came of many writers in one room. */
export interface Contention {
  /** The ids in the log, each at the index that is its seq less one. */
  ids: (string | undefined)[];
  /** How long each append took, in milliseconds, in ascending order. */
  tookMs: number[];
  puts: number;
  reads: number;
  /** Sends that were told to read on from their cursor first. */
  behind: number;
  failures: string[];
  lastedMs: number;
}

/** Lets writers send to one room at the same time, each from a container of its own. */
export async function contend(arena: Arena, { writers, sends, pauseMs }: Load): Promise<Contention> {
  const { clock, random } = arena;
  const result: Contention = {
    ids: [],
    tookMs: [],
    puts: 0,
    reads: 0,
    behind: 0,
    failures: [],
    lastedMs: 0,
  };

  const runWriter = async (who: number): Promise<void> => {
    const { log, disconnect } = arena.connect();
    const counted: LogStore = {
      ...log,
      put(...asked) {
        result.puts++;
        return log.put(...asked);
      },
      readIdentities(...asked) {
        result.reads++;
        return log.readIdentities(...asked);
      },
    };
    const container = {
      log: counted,
      recentLogs: createRecentLogCache(),
      slowReaders: createSlowReaders(),
      clock,
      random,
      metrics: createInvocationMetrics(),
    };
    const from = { id: `writer-${who}`, name: 'Writer' };
    let after = 0;
    for (let n = 1; n <= sends; n++) {
      if (pauseMs > 0) await clock.wait((0.5 + random()) * pauseMs);
      const send = draftMessage({ room: ROOM, id: `${from.id}-${n}`, text: 'hello', after }, from);
      const began = clock.now();
      let looked = await findDuplicate(container, send);
      while (looked.kind === 'behind') {
        result.behind++;
        const [head] = await log.readBackward(ROOM, undefined, 1, clock.now());
        send.after = head?.seq ?? 0;
        looked = await findDuplicate(container, send);
      }
      const written =
        looked.kind === 'notFound'
          ? await appendEntry(container, send, looked, clock.now() + ATTEMPT_MS, async () => true)
          : looked;
      result.tookMs.push(clock.now() - began);
      if (written.kind === 'written') after = written.entry.seq;
      else result.failures.push(`${send.id}: ${written.kind}`);
    }
    disconnect();
  };

  const began = clock.now();
  await Promise.all(Array.from({ length: writers }, (_, i) => runWriter(i + 1)));
  result.lastedMs = clock.now() - began;
  result.tookMs.sort((a, b) => a - b);

  const { log, disconnect } = arena.connect();
  for (let from = 1; ; from += PAGE) {
    const slots = await log.readIdentities(ROOM, from, PAGE);
    for (const { seq, id } of slots) result.ids[seq - 1] = id;
    if (slots.length < PAGE) break;
  }
  disconnect();
  return result;
}
