import { countsAsMessage } from '../../log/entryIdentity';
import type { MessageCountStore } from '../../ports/messageCountStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Database } from './database';
import type { MessageRow } from './messageRow';
import { kilobytesRead, toEntry, toIdentity } from './readMessageRow';

/** Rows that are read first: so many of the longest are read in vain at most. */
const FIRST_CHUNK = 4;
const MAX_CHUNK = 100;

/** Reads in the log what the counts of unread messages need. */
export function createMessageCountStore(database: Database, table: string): MessageCountStore {
  return {
    async readNewest(room) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: '#room = :room',
        ExpressionAttributeNames: namesOf(['room']),
        ExpressionAttributeValues: { ':room': room },
        Limit: 1,
      });
      const row = Items[0] as MessageRow | undefined;
      if (!row) return undefined;
      const { n = 0 } = row;
      return { entry: toEntry(row), n, below: countsAsMessage(toIdentity(row)) ? n - 1 : n };
    },

    async countMessages(room, { above, upTo }, now, most) {
      let messages = 0;
      let kilobytes = 0;
      let read = 0;
      let chunk = FIRST_CHUNK;
      let start: Row | undefined;
      if (above >= upTo) return { messages, kilobytes };
      do {
        const page = await database.call('Query', {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#room = :room AND #seq BETWEEN :low AND :high',
          FilterExpression:
            'attribute_exists(#text) AND attribute_not_exists(#type) AND (attribute_not_exists(#ttl) OR #ttl > :now)',
          ProjectionExpression: '#seq',
          ExpressionAttributeNames: namesOf(['room', 'seq', 'text', 'type', 'ttl']),
          ExpressionAttributeValues: { ':room': room, ':low': above + 1, ':high': upTo, ':now': now / 1000 },
          Limit: chunk,
          ExclusiveStartKey: start,
          ReturnConsumedCapacity: 'TOTAL',
        });
        messages += page.Items?.length ?? 0;
        kilobytes += kilobytesRead(page);
        read += chunk;
        start = page.LastEvaluatedKey;
        if (start && kilobytes >= most.kilobytes) return { kilobytes };
        // As many as fit, if they are as long as those so far.
        const left = Math.floor((read * (most.kilobytes - kilobytes)) / Math.max(kilobytes, 1));
        chunk = Math.min(MAX_CHUNK, Math.max(1, left));
      } while (start && messages <= most.messages);
      return { messages, kilobytes };
    },
  };
}
