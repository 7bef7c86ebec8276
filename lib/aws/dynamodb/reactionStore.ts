import type { ReactionSet, ReactionStore } from '../../ports/reactionStore';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { partitionOf } from './messagePartition';
import type { MessageRow } from './messageRow';
import {
  COUNTER,
  COUNTER_ATTRIBUTES,
  type CounterRow,
  counterOf,
  SET_ATTRIBUTES,
  type SetRow,
  setOf,
  toState,
  versionOf,
} from './reactionRow';
import { isLive } from './readMessageRow';

/** Keeps the reactions to a message in a partition of its own in the Messages table. */
export function createReactionStore(database: Database, table: string): ReactionStore {
  return {
    async readTarget(room, of, now) {
      const attributes = ['room', 'type', 'text', 'at', 'ttl', ...COUNTER_ATTRIBUTES];
      const rows = await batchGet(database, table, [{ room, seq: of }, counterOf(room, of)], attributes);
      const target = rows.find((row) => row.room === room) as MessageRow | undefined;
      const counter = rows.find((row) => row.room !== room) as CounterRow | undefined;
      if (target?.text === undefined || target.type !== undefined || !isLive(target, now)) return undefined;
      return { at: target.at, ...(counter && { state: toState(counter) }) };
    },

    async mark(room, of) {
      const { met } = await updateIfMet(
        database,
        table,
        { room, seq: of },
        {
          UpdateExpression: 'SET #rk = if_not_exists(#rk, :none)',
          // An edit has a text while it is pending.
          ConditionExpression: 'attribute_exists(#text) AND attribute_not_exists(#todo)',
          ExpressionAttributeNames: namesOf(['rk', 'text', 'todo']),
          ExpressionAttributeValues: { ':none': 0 },
        },
      );
      return met;
    },

    async addName(room, of, name, maxNames, expiresAt) {
      const { met } = await updateIfMet(database, table, counterOf(room, of), {
        UpdateExpression: `${expiresAt === undefined ? '' : 'SET #ttl = :ttl '}ADD #names :added`,
        ConditionExpression:
          'attribute_not_exists(#names) OR contains(#names, :name) OR size(#names) < :maxNames',
        ExpressionAttributeNames: namesOf(['names', ...expiryNames(expiresAt)]),
        ExpressionAttributeValues: {
          ':added': new Set([name]),
          ':name': name,
          ':maxNames': maxNames,
          ...expiryValues(expiresAt),
        },
      });
      return met;
    },

    async toggle({ room, of, user, name, on, v }, maxOn, expiresAt) {
      const key = setOf(room, of, user.id);
      const { met, ...found } = await updateIfMet(database, table, key, {
        UpdateExpression:
          `SET #version = :v, #user = :user, #displayed = :displayed${expiresAt === undefined ? '' : ', #ttl = :ttl'} ` +
          `${on ? 'ADD' : 'DELETE'} #on :names`,
        ConditionExpression:
          '(attribute_not_exists(#user) OR #user = :user) AND (attribute_not_exists(#version) OR #version < :v)' +
          (on ? ' AND (attribute_not_exists(#on) OR contains(#on, :name) OR size(#on) < :maxOn)' : ''),
        ExpressionAttributeNames: {
          ...namesOf(['user', 'on', ...expiryNames(expiresAt)]),
          '#displayed': 'name',
          '#version': versionOf(name),
        },
        ExpressionAttributeValues: {
          ':v': v,
          ':user': user.id,
          ':displayed': user.name,
          ':names': new Set([name]),
          ...(on && { ':name': name, ':maxOn': maxOn }),
          ...expiryValues(expiresAt),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      if (met) return 'set';
      // DynamoDB sends the row that did not meet the condition; other engines leave it to be read.
      const [row] = 'row' in found && found.row ? [found.row] : await batchGet(database, table, [key]);
      const held = row?.[versionOf(name)];
      if (row?.user !== user.id || typeof held !== 'number' || held < v) return 'tooMany';
      const isOn = (row as SetRow).on?.has(name) ?? false;
      return held === v && isOn === on ? 'set' : { v: held };
    },

    async count(room, of, now, expiresAt) {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: counterOf(room, of),
        UpdateExpression: `SET #changedAt = :now${expiresAt === undefined ? '' : ', #ttl = :ttl'} ADD #k :one`,
        ExpressionAttributeNames: namesOf(['k', 'changedAt', ...expiryNames(expiresAt)]),
        ExpressionAttributeValues: { ':one': 1, ':now': now, ...expiryValues(expiresAt) },
        ReturnValues: 'ALL_NEW',
      });
      return toState(Attributes as CounterRow);
    },

    async claim(room, of, next, seen) {
      const isNew = seen && seen.next === undefined;
      const outcome = await updateIfMet(database, table, counterOf(room, of), {
        UpdateExpression: 'SET #next = :next, #claimed = #k',
        ConditionExpression:
          'attribute_exists(#k)' +
          (isNew ? ' AND attribute_not_exists(#next)' : seen ? ' AND #next = :seen' : ''),
        ExpressionAttributeNames: namesOf(['next', 'claimed', 'k']),
        ExpressionAttributeValues: {
          ':next': next,
          ...(seen?.next !== undefined && { ':seen': seen.next }),
        },
        ReturnValues: 'ALL_NEW',
      });
      return outcome.met ? (outcome.output.Attributes as CounterRow).claimed : undefined;
    },

    async finish(room, of, k, reactors) {
      await updateIfMet(database, table, counterOf(room, of), {
        UpdateExpression: 'SET #done = :k, #reactors = :reactors',
        ConditionExpression: 'attribute_exists(#k) AND (attribute_not_exists(#done) OR #done < :k)',
        ExpressionAttributeNames: namesOf(['k', 'done', 'reactors']),
        ExpressionAttributeValues: { ':k': k, ':reactors': reactors },
      });
    },

    async readSets(room, of, limit) {
      const sets: ReactionSet[] = [];
      let start: Row | undefined;
      do {
        const page = await database.call('Query', {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#room = :room AND #seq > :counter',
          ProjectionExpression: listOf(SET_ATTRIBUTES),
          ExpressionAttributeNames: namesOf(['room', 'seq', ...SET_ATTRIBUTES]),
          ExpressionAttributeValues: { ':room': partitionOf(room, of), ':counter': COUNTER },
          Limit: limit - sets.length,
          ExclusiveStartKey: start,
        });
        for (const { user, name = '', on = new Set<string>() } of (page.Items ?? []) as SetRow[])
          sets.push({ user: { id: user, name }, on: [...on] });
        start = page.LastEvaluatedKey;
      } while (start && sets.length < limit);
      return sets;
    },
  };
}

function expiryNames(expiresAt: number | undefined): string[] {
  return expiresAt === undefined ? [] : ['ttl'];
}

function expiryValues(expiresAt: number | undefined): Row {
  return expiresAt === undefined ? {} : { ':ttl': Math.ceil(expiresAt / 1000) };
}
