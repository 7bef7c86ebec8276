import type { Invoke } from '../lambda/functions';
import { isRecord } from '../template/template';
import type { PutKey } from './watchPuts';

const BATCH = 100;

/** What wakes a function of the local stack: a stream, and a queue. */
export interface WakeSources {
  /** Takes a record of the stream, which come in order. */
  put(key: PutKey): void;
  /** Takes a message of the queue, which comes after a delay. */
  enqueue(body: string, delayMs: number): void;
  stop(): void;
}

/** Invokes a function as Lambda does: for batches of the stream one by one, and for each message of the queue. */
export function createWakeSources(invoke: Invoke, functionName: string, againMs = 1_000): WakeSources {
  const records: { id: string; key: PutKey }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let made = 0;
  let isBusy = false;
  let isStopped = false;

  const after = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isStopped) run();
    }, ms);
    timers.add(timer);
  };

  /** Gives the ids of the records that come again; all of them when the function failed. */
  const wake = async (Records: { id: string; record: object }[]): Promise<ReadonlySet<unknown>> => {
    const outcome = await invoke(functionName, { Records: Records.map(({ record }) => record) });
    if (!outcome.ok) return new Set(Records.map(({ id }) => id));
    const failures = isRecord(outcome.value) ? outcome.value.batchItemFailures : [];
    return new Set(
      (Array.isArray(failures) ? failures : []).map((each) => isRecord(each) && each.itemIdentifier),
    );
  };

  const drain = async (): Promise<void> => {
    if (isBusy || isStopped || records.length === 0) return;
    isBusy = true;
    const batch = records.slice(0, BATCH);
    const failed = await wake(batch.map(({ id, key }) => ({ id, record: streamRecord(id, key) })));
    const first = batch.findIndex(({ id }) => failed.has(id));
    records.splice(0, first < 0 ? batch.length : first);
    isBusy = false;
    if (first < 0) void drain();
    else after(againMs, () => void drain());
  };

  const bring = async (id: string, body: string): Promise<void> => {
    const failed = await wake([{ id, record: { eventSource: 'aws:sqs', messageId: id, body } }]);
    if (failed.size > 0) after(againMs, () => void bring(id, body));
  };

  return {
    put(key) {
      records.push({ id: String(++made), key });
      void drain();
    },
    enqueue(body, delayMs) {
      const id = String(++made);
      after(delayMs, () => void bring(id, body));
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

const streamRecord = (id: string, { room, seq }: PutKey) => ({
  eventSource: 'aws:dynamodb',
  eventName: 'INSERT',
  dynamodb: { Keys: { room: { S: room }, seq: { N: String(seq) } }, SequenceNumber: id },
});
