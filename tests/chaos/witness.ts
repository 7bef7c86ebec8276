import type { MessageEntry } from '../../lib/protocol';
import { type Checker, createChecker } from '../simulation/checker';
import { rowOf } from './databaseProxy';

/** Sees all that matters of a run: tells the checker, and takes the times. Times are in milliseconds. */
export interface Witness {
  readonly checker: Checker;
  /** The database has said that a row is written. */
  written(room: string, entry: MessageEntry): void;
  acknowledged(name: string, room: string, id: string, seq: number, tookMs: number): void;
  shown(name: string, room: string, message: MessageEntry): void;
  /** Reads every row at the end, holds it against all that was seen, and gives how many there are. */
  compare(databaseUrl: string, table: string): Promise<number>;
  readonly acknowledgements: number;
  readonly deliveries: number;
  readonly ackMs: readonly number[];
  readonly deliveryMs: readonly number[];
}

export function createWitness(): Witness {
  const checker = createChecker();
  const truth = new Map<string, MessageEntry>();
  const committedAt = new Map<string, number>();
  const early = new Map<string, { room: string; entry: MessageEntry }>();
  let undecided: { room: string; seq: number; judge(): void }[] = [];
  const acknowledged: { room: string; id: string; seq: number }[] = [];
  const ackMs: number[] = [];
  const deliveryMs: number[] = [];
  let deliveries = 0;

  /** Answers come over many sockets: that of a later row may be read before that of an earlier one. */
  const tellInOrder = (room: string, entry: MessageEntry): void => {
    if (entry.seq > checker.head(room) + 1) {
      early.set(placeOf(room, entry.seq), { room, entry });
      return;
    }
    checker.written(room, entry);
    decide(({ seq, room: other }) => other === room && seq <= entry.seq);
    const place = placeOf(room, entry.seq + 1);
    const next = early.get(place);
    early.delete(place);
    if (next) tellInOrder(room, next.entry);
  };

  /** A row may be read, and shown, before the answer to the write of it has come back. */
  const onceWritten = (room: string, seq: number, judge: () => void): void => {
    if (checker.head(room) >= seq) judge();
    else undecided.push({ room, seq, judge });
  };
  const decide = (isTold: (place: { room: string; seq: number }) => boolean): void => {
    const told = undecided.filter(isTold);
    undecided = undecided.filter((each) => !told.includes(each));
    for (const { judge } of told) judge();
  };

  return {
    checker,

    written(room, entry) {
      const place = placeOf(room, entry.seq);
      truth.set(place, entry);
      committedAt.set(place, performance.now());
      tellInOrder(room, entry);
    },

    acknowledged(name, room, id, seq, tookMs) {
      acknowledged.push({ room, id, seq });
      ackMs.push(tookMs);
      onceWritten(room, seq, () => checker.acknowledged(name, room, id, seq));
    },

    shown(name, room, message) {
      deliveries++;
      onceWritten(room, message.seq, () => {
        if (checker.cursor(name, room) === undefined) {
          // A page of the newest entries is what a client begins with.
          if (message.seq > Math.max(1, checker.head(room) - 99))
            checker.report('skipped', `${name} began ${room} at ${message.seq}`);
          checker.began(name, room, message.seq - 1);
        }
        checker.shown(name, room, message);
      });
      if (message.from.name !== name) deliveryMs.push(since(committedAt.get(placeOf(room, message.seq))));
    },

    async compare(databaseUrl, table) {
      for (const { room, entry } of [...early.values()].sort((a, b) => a.entry.seq - b.entry.seq))
        checker.written(room, entry);
      decide(() => true);
      const stored = new Map<string, MessageEntry>();
      for (const item of await scan(databaseUrl, table)) {
        const { room, entry } = rowOf(item);
        stored.set(placeOf(room, entry.seq), entry);
      }
      for (const [place, entry] of truth)
        if (!isSame(stored.get(place), entry))
          checker.report('inconsistent', `${place} is stored otherwise than it was written`);
      for (const place of stored.keys())
        if (!truth.has(place)) checker.report('inconsistent', `${place} was written by nobody`);
      for (const { room, id, seq } of acknowledged)
        if (stored.get(placeOf(room, seq))?.id !== id)
          checker.report('wrongAck', `${id}, acknowledged at ${placeOf(room, seq)}, is lost`);
      return stored.size;
    },

    get acknowledgements() {
      return acknowledged.length;
    },
    get deliveries() {
      return deliveries;
    },
    ackMs,
    deliveryMs,
  };
}

/** Milliseconds since a time; none if that is yet to come. */
const since = (time = performance.now()): number => performance.now() - time;
const placeOf = (room: string, seq: number): string => `${room}/${seq}`;

function isSame(stored: MessageEntry | undefined, entry: MessageEntry): boolean {
  return stored?.id === entry.id && stored.from.id === entry.from.id && stored.text === entry.text;
}

type Item = Parameters<typeof rowOf>[0];

/** Reads a whole table, strongly consistent. */
async function scan(url: string, table: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: unknown;
  do {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': 'DynamoDB_20120810.Scan',
        'X-Amz-Date': '20260101T000000Z',
        Authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start }),
    });
    if (!response.ok) throw new Error(`The scan of ${table} failed: ${await response.text()}`);
    const page = (await response.json()) as { Items: Item[]; LastEvaluatedKey?: unknown };
    items.push(...page.Items);
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}
