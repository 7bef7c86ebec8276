import { randomUUID } from 'node:crypto';
import { createBusSink, createSendQueueMessage } from '#awsClients';
import { createErasureNoteStore } from '../aws/dynamodb/erasureNoteStore';
import { createEventCursorStore } from '../aws/dynamodb/eventCursorStore';
import { createQueuedWakes } from '../aws/sqs/queuedWakes';
import { createQueueSink } from '../aws/sqs/queueSink';
import type { RelayContext } from '../events/relayContext';
import { createWebhookSink } from '../events/webhookSink';
import type { EventSink } from '../ports/eventSink';
import { type Environment, oneOf, required } from '../util/environment';
import { clock, nameLog, openDatabase, openLog } from './resources';
import { openEventsKey } from './secrets';

/** Puts together what the relay needs. */
export function createRelayContext(env: Environment = process.env): Omit<RelayContext, 'metrics'> {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    ...openEvents(messages, env),
    log: openLog(env, messages),
    sink: openSink(env),
    random: Math.random,
    settings: { logId: nameLog(messages) },
  };
}

/** Puts together what sending a room again needs. */
export function createReplayContext(env: Environment = process.env): ReturnType<typeof openEvents> {
  return openEvents(required(env, 'LOG_OF'), env);
}

/** Opens what is kept of the events of a table's log. */
export function openEvents(
  messages: string,
  env: Environment,
): Pick<RelayContext, 'cursors' | 'erasureNotes' | 'wakes' | 'clock'> {
  const members = required(env, 'MEMBERS_TABLE');
  const log = nameLog(messages);
  return {
    cursors: createEventCursorStore(openDatabase(env), members, log),
    erasureNotes: createErasureNoteStore(openDatabase(env), members, log),
    wakes: createQueuedWakes(createSendQueueMessage(required(env, 'RELAY_WAKES_URL'), env)),
    clock,
  };
}

function openSink(env: Environment): EventSink {
  const to = oneOf(env, 'EVENTS', ['bus', 'fifo', 'https']);
  switch (to) {
    case 'bus':
      return createBusSink(required(env, 'EVENTS_TO'), env);
    case 'fifo':
      return createQueueSink(createSendQueueMessage(required(env, 'EVENTS_TO'), env), randomUUID);
    case 'https': {
      const key = openEventsKey(env);
      return createWebhookSink({ url: required(env, 'EVENTS_TO'), secrets: () => key.values(), clock });
    }
    default:
      return to satisfies never;
  }
}
