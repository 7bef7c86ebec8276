import type { Notice } from '../ports/noticeQueue';
import { parseRoom } from '../protocol/fields';
import { isRecord, parseJson } from '../util/json';

/** A row that was written, and the id by which Lambda knows its record. */
export interface RowRecord {
  id: string;
  room: string;
  seq: number;
}

/** Notices that came in one message of the queue, and its id. */
export interface NoticeRecord {
  id: string;
  notices: Notice[];
}

/** Reads the keys of new rows in a batch of the log's stream. Rows that are no entry of a room are left out. */
export function parseRowRecords(event: unknown): RowRecord[] {
  return recordsOf(event).flatMap(({ dynamodb }) => {
    if (!isRecord(dynamodb) || !isRecord(dynamodb.Keys)) return [];
    const { room: roomKey, seq: seqKey } = dynamodb.Keys;
    const room = isRecord(roomKey) ? parseRoom(roomKey.S) : undefined;
    const seq = isRecord(seqKey) ? Number(seqKey.N) : 0;
    return room === undefined || !isSeq(seq) ? [] : [{ id: String(dynamodb.SequenceNumber), room, seq }];
  });
}

/** Reads a batch of the queue. What is no notice is left out. */
export function parseNoticeRecords(event: unknown): NoticeRecord[] {
  return recordsOf(event).map(({ messageId, body }) => {
    const given = parseJson(String(body));
    return { id: String(messageId), notices: Array.isArray(given) ? given.flatMap(parseNotice) : [] };
  });
}

/** The records that Lambda brings again. */
export interface BatchFailures {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Tells Lambda which records have failed. */
export function failuresOf(records: readonly { id: string }[]): BatchFailures {
  return { batchItemFailures: records.map(({ id }) => ({ itemIdentifier: id })) };
}

function parseNotice(given: unknown): Notice[] {
  if (!isRecord(given)) return [];
  const { userHash, seq, isMention, watcher } = given;
  const room = parseRoom(given.room);
  if (room === undefined || typeof userHash !== 'string' || !isSeq(seq)) return [];
  const notice: Notice = { userHash, room, seq, isMention: isMention === true };
  return [typeof watcher === 'number' ? { ...notice, watcher } : notice];
}

function recordsOf(event: unknown): Record<string, unknown>[] {
  return isRecord(event) && Array.isArray(event.Records) ? event.Records.filter(isRecord) : [];
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
