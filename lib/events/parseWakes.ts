import type { Wake } from '../ports/wakeQueue';
import { parseRoom } from '../protocol/fields';
import { isRecord, parseJson } from '../util/json';

/** A wake, where it came from, and the id by which Lambda knows its record. */
export interface WakeRecord {
  source: 'stream' | 'queue';
  id: string;
  wake: Wake;
}

/**
 * Reads the wakes of a batch: records of the log's stream, or messages of the wake queue. Of a record it takes the room
 * and nothing else. Rows that are no entry of a room wake nobody, nor does what it cannot read.
 */
export function parseWakes(event: unknown): WakeRecord[] {
  const records = isRecord(event) && Array.isArray(event.Records) ? event.Records : [];
  return records.flatMap((record: unknown) => {
    if (!isRecord(record)) return [];
    return record.eventSource === 'aws:sqs' ? fromQueue(record) : fromStream(record);
  });
}

function fromStream({ dynamodb }: Record<string, unknown>): WakeRecord[] {
  if (!isRecord(dynamodb) || !isRecord(dynamodb.Keys) || !isRecord(dynamodb.Keys.room)) return [];
  const room = parseRoom(dynamodb.Keys.room.S);
  return room === undefined
    ? []
    : [{ source: 'stream', id: String(dynamodb.SequenceNumber), wake: { room } }];
}

function fromQueue({ messageId, body }: Record<string, unknown>): WakeRecord[] {
  const given = parseJson(String(body));
  const room = isRecord(given) ? parseRoom(given.room) : undefined;
  if (!isRecord(given) || room === undefined) return [];
  const { until } = given;
  const wake = { room, ...(typeof until === 'number' && { until }) };
  return [{ source: 'queue', id: String(messageId), wake }];
}
