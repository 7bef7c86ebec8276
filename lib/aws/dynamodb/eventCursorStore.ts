import type { EventCursorStore } from '../../ports/eventCursorStore';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { type Conditional, updateIfMet } from './conditional';
import type { Database, Output } from './database';
import { CURSOR, partitionOfEvents } from './eventRows';
import { getRow } from './getRow';

/** What a room that is free does not have. */
const HOLD = ['run', 'until', 'fails', 'queued'];

/** Keeps the cursors of a log's events in the Members table. */
export function createEventCursorStore(database: Database, table: string, log: string): EventCursorStore {
  const keyFor = (room: string) => ({ r: partitionOfEvents(log, room), c: CURSOR });
  const read = async (room: string): Promise<Row> => (await getRow(database, table, keyFor(room))) ?? {};

  /** Moves the cursor up, if the run holds the room. */
  const move = (
    room: string,
    run: string,
    seq: number,
    { set = {}, removed, also = '' }: { set?: Row; removed: readonly string[]; also?: string },
  ): Promise<Conditional<Output>> => {
    const given = { seq, ...set };
    return updateIfMet(database, table, keyFor(room), {
      UpdateExpression: `SET ${Object.keys(given)
        .map((name) => `#${name} = :${name}`)
        .join(', ')} REMOVE ${listOf(removed)}`,
      ConditionExpression: `#run = :run AND (attribute_not_exists(#seq) OR #seq <= :seq)${also}`,
      ExpressionAttributeNames: namesOf([...new Set(['run', ...Object.keys(given), ...removed])]),
      ExpressionAttributeValues: {
        ':run': run,
        ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`:${name}`, value])),
      },
    });
  };

  return {
    async claim(room, run, until, now) {
      const claimed = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #run = :run, #until = :until REMOVE #queued',
        ConditionExpression: 'attribute_not_exists(#until) OR #until <= :now OR #run = :run',
        ExpressionAttributeNames: namesOf(['run', 'until', 'queued']),
        ExpressionAttributeValues: { ':run': run, ':until': until, ':now': now },
        ReturnValues: 'ALL_NEW',
      });
      if (claimed.met) {
        const { seq = 0, fails = 0 } = claimed.output.Attributes ?? {};
        return { kind: 'claimed', seq: Number(seq), fails: Number(fails) };
      }
      const row = await read(room);
      return { kind: 'held', until: Number(row.until ?? 0), isQueued: row.queued !== undefined };
    },

    async noteWake(room, until) {
      const { met } = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #queued = :yes',
        ConditionExpression: '#until = :until',
        ExpressionAttributeNames: namesOf(['queued', 'until']),
        ExpressionAttributeValues: { ':yes': 1, ':until': until },
      });
      return met;
    },

    advance: async (room, run, seq) => (await move(room, run, seq, { removed: ['queued'] })).met,

    async release(room, run, seq) {
      const { met } = await move(room, run, seq, {
        removed: HOLD,
        also: ' AND attribute_not_exists(#queued)',
      });
      if (met) return 'released';
      return (await read(room)).run === run ? 'woken' : 'lost';
    },

    async postpone(room, run, seq, until, fails) {
      await move(room, run, seq, { set: { until, fails, queued: 1 }, removed: ['run'] });
    },

    async rewind(room, seq, now) {
      const { met } = await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: `SET #seq = :seq REMOVE ${listOf(HOLD)}`,
        ConditionExpression: '#seq > :seq AND (attribute_not_exists(#run) OR #until <= :now)',
        ExpressionAttributeNames: namesOf(['seq', ...HOLD]),
        ExpressionAttributeValues: { ':seq': seq, ':now': now },
      });
      if (met) return 'rewound';
      return Number((await read(room)).seq ?? 0) > seq ? 'busy' : 'notSentYet';
    },
  };
}
