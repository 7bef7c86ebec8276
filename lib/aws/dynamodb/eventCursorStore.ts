import type { EventCursorStore } from '../../ports/eventCursorStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { type Conditional, updateIfMet } from './conditional';
import type { Database, Output } from './database';
import { CURSOR, partitionOfEvents } from './eventRows';
import { getRow } from './getRow';
import { assign } from './updateExpression';

/** What a room that is free does not have. */
const HOLD = ['run', 'until', 'fails', 'queued', 'noted'];

/** Keeps the cursors of a log's events in the Members table. */
export function createEventCursorStore(database: Database, table: string, log: string): EventCursorStore {
  const keyFor = (room: string) => ({ r: partitionOfEvents(log, room), c: CURSOR });
  const read = async (room: string): Promise<Row> => (await getRow(database, table, keyFor(room))) ?? {};

  /** Moves the cursor up, if the run holds the room and the row has no attribute `unless`. */
  const move = (
    room: string,
    run: string,
    given: Row & { seq: number },
    removed: readonly string[],
    unless?: string,
  ): Promise<Conditional<Output>> => {
    const { ExpressionAttributeValues, ...update } = assign(given, removed);
    const names = ['run', ...Object.keys(given), ...removed, ...(unless ? [unless] : [])];
    return updateIfMet(database, table, keyFor(room), {
      ...update,
      ConditionExpression:
        '#run = :run AND (attribute_not_exists(#seq) OR #seq <= :seq)' +
        (unless ? ` AND attribute_not_exists(#${unless})` : ''),
      ExpressionAttributeNames: namesOf([...new Set(names)]),
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':run': run },
    });
  };

  /** Takes the cursor back to where a replay wants it; `undefined` if none does, or the room is not the run's. */
  const goBack = async (room: string, run: string): Promise<number | undefined> => {
    const back = await updateIfMet(database, table, keyFor(room), {
      UpdateExpression: 'SET #seq = #back REMOVE #back, #noted, #fails',
      ConditionExpression: '#run = :run AND attribute_exists(#back)',
      ExpressionAttributeNames: namesOf(['seq', 'back', 'noted', 'fails', 'run']),
      ExpressionAttributeValues: { ':run': run },
      ReturnValues: 'ALL_NEW',
    });
    return back.met ? Number(back.output.Attributes?.seq) : undefined;
  };

  return {
    async claim(room, run, until, now) {
      const claimed = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #run = :run, #until = :until REMOVE #queued, #noted',
        ConditionExpression:
          'attribute_not_exists(#until) OR #until <= :now OR #run = :run ' +
          'OR (attribute_exists(#back) AND attribute_not_exists(#run))',
        ExpressionAttributeNames: namesOf(['run', 'until', 'queued', 'noted', 'back']),
        ExpressionAttributeValues: { ':run': run, ':until': until, ':now': now },
        ReturnValues: 'ALL_NEW',
      });
      if (claimed.met) {
        const { seq = 0, fails = 0, back } = claimed.output.Attributes ?? {};
        if (back === undefined) return { kind: 'claimed', seq: Number(seq), fails: Number(fails) };
        const wanted = await goBack(room, run);
        if (wanted !== undefined) return { kind: 'claimed', seq: wanted, fails: 0 };
      }
      const row = await read(room);
      // The answer to a write that takes the cursor back can be lost: it has no effect the second time.
      if (row.run === run)
        return { kind: 'claimed', seq: Number(row.seq ?? 0), fails: Number(row.fails ?? 0) };
      return {
        kind: 'held',
        until: Number(row.until ?? 0),
        isQueued: row.queued !== undefined,
        isNoted: row.noted !== undefined,
      };
    },

    async noteWake(room, until) {
      const { met } = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #queued = :yes, #noted = :yes',
        ConditionExpression: '#until = :until',
        ExpressionAttributeNames: namesOf(['queued', 'noted', 'until']),
        ExpressionAttributeValues: { ':yes': 1, ':until': until },
      });
      return met;
    },

    advance: async (room, run, seq) => (await move(room, run, { seq }, ['noted'], 'back')).met,

    async release(room, run, seq) {
      const { met } = await move(room, run, { seq }, HOLD, 'noted');
      if (met) return 'released';
      return (await read(room)).run === run ? 'woken' : 'lost';
    },

    async postpone(room, run, seq, until, fails) {
      await move(room, run, { seq, until, fails, queued: 1, noted: 1 }, HOLD);
    },

    async rewind(room, seq) {
      const { met } = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #back = :seq, #noted = :yes',
        ConditionExpression: '#seq > :seq AND (attribute_not_exists(#back) OR #back > :seq)',
        ExpressionAttributeNames: namesOf(['seq', 'back', 'noted']),
        ExpressionAttributeValues: { ':seq': seq, ':yes': 1 },
      });
      return met || Number((await read(room)).seq ?? 0) > seq ? 'rewound' : 'notSentYet';
    },
  };
}
