import type { DraftStore, NewPart } from '../../ports/draftStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { partitionOf, slotOf } from './messagePartition';
import { toUserAttributes, type UserAttributes, userOf } from './userAttributes';

const KEPT_MS = 3_600_000;

/** A row of a draft. Each part is an attribute, see {@link partAt}. An ended draft has no name, length or parts. */
type DraftRow = Partial<UserAttributes> & { user: string; generation: number; length?: number; ttl: number };

/** Keeps drafts beside the reactions to the message that they answer, in the Messages table. */
export function createDraftStore(database: Database, table: string): DraftStore {
  // The rows of reactions have numbers from 0 on.
  const keyOf = (room: string, of: number, user: string) => {
    const partition = partitionOf(room, of);
    return { room: partition, seq: -slotOf(partition, user) };
  };

  const find = async (room: string, of: number, user: string): Promise<(Row & DraftRow) | undefined> => {
    const [row] = await batchGet(database, table, [keyOf(room, of, user)]);
    return row?.user === user ? (row as Row & DraftRow) : undefined;
  };

  /** Replaces the row, if the generation is higher than the latest; with `orSame` also if it is the latest. */
  const replace = ({ room, of, from, generation }: NewPart, ttl: number, rest: Row, orSame: boolean) =>
    ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: { ...keyOf(room, of, from.id), user: from.id, generation, ttl, ...rest },
        ConditionExpression: `attribute_not_exists(#user) OR (#user = :user AND #generation ${orSame ? '<=' : '<'} :generation)`,
        ExpressionAttributeNames: namesOf(['user', 'generation']),
        ExpressionAttributeValues: { ':user': from.id, ':generation': generation },
      }),
    );

  const append = ({ room, of, from, generation, offset }: NewPart, ttl: number, text: string, end: number) =>
    updateIfMet(database, table, keyOf(room, of, from.id), {
      UpdateExpression: 'SET #part = :text, #length = :end, #ttl = :ttl',
      ConditionExpression: '#user = :user AND #generation = :generation AND #length = :offset',
      ExpressionAttributeNames: {
        ...namesOf(['user', 'generation', 'length', 'ttl']),
        '#part': partAt(offset),
      },
      ExpressionAttributeValues: {
        ':user': from.id,
        ':generation': generation,
        ':offset': offset,
        ':text': text,
        ':end': end,
        ':ttl': ttl,
      },
    });

  return {
    async add(part, characters, now) {
      const { room, of, from, generation, offset, text } = part;
      const ttl = Math.ceil((now + KEPT_MS) / 1_000);
      if (text === undefined) return (await replace(part, ttl, {}, true)).met;
      const begun = { ...toUserAttributes(from), length: characters, [partAt(0)]: text };
      const { met } =
        offset === 0
          ? await replace(part, ttl, begun, false)
          : await append(part, ttl, text, offset + characters);
      if (met) return true;
      const row = await find(room, of, from.id);
      return row?.generation === generation && row[partAt(offset)] === text;
    },

    async read(room, of, user, now) {
      const row = await find(room, of, user);
      if (row?.name === undefined || row.ttl <= now / 1_000) return undefined;
      return { generation: row.generation, text: textOf(row), from: userOf({ ...row, name: row.name }) };
    },

    async remove(room, of, user) {
      await database.call('DeleteItem', { TableName: table, Key: keyOf(room, of, user) });
    },
  };
}

/** The attribute of the part that begins at an offset. */
function partAt(offset: number): string {
  return `part${offset}`;
}

function textOf(row: Row & DraftRow): string {
  let text = '';
  let offset = 0;
  for (let part = row[partAt(0)]; typeof part === 'string'; part = row[partAt(offset)]) {
    text += part;
    offset += [...part].length;
  }
  return text;
}
