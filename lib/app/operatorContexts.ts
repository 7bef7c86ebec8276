import { createErasureStore } from '../aws/dynamodb/erasureStore';
import { createHeldErasureStore } from '../aws/dynamodb/heldErasureStore';
import { createReactionErasureStore } from '../aws/dynamodb/reactionErasureStore';
import { createReactionStore } from '../aws/dynamodb/reactionStore';
import { createReportErasureStore } from '../aws/dynamodb/reportErasureStore';
import { createRestrictionErasureStore } from '../aws/dynamodb/restrictionErasureStore';
import { createRoomIndex } from '../aws/dynamodb/roomIndex';
import { createSubscriptionStore } from '../aws/dynamodb/subscriptionStore';
import { createUserDirectory } from '../aws/dynamodb/userDirectory';
import { erasuresWithEvents } from '../events/erasuresWithEvents';
import { erasuresWithFiles } from '../files/erasuresWithFiles';
import { createRecentLogCache } from '../log/recentLogCache';
import type { ErasureContext, OperatorContext } from '../operator/eraseCommand';
import type { RoomsContext } from '../operator/listRooms';
import type { DirectoryContext } from '../operator/readUsers';
import type { ErasureStore } from '../ports/erasureStore';
import { isOn, optional, required } from '../util/environment';
import { openEvents } from './eventContexts';
import {
  createDraftContext,
  createFollowContext,
  createListedMemberContext,
  createUserContext,
} from './featureContexts';
import { clock, openDatabase, openFiles, openGone, openLog, retentionSettings } from './resources';
import { leaseMs } from './settings';

/** Puts together what an operator's work on the logs needs. */
export function createOperatorContext(env = process.env): OperatorContext {
  const messages = required(env, 'MESSAGES_TABLE');
  const log = openLog(env, messages);
  const erasures = createErasureStore(openDatabase(env), messages);
  const { files } = openFiles(env);
  return { log, erasures: files ? erasuresWithFiles(erasures, log, files) : erasures, clock };
}

/** Gives the erasures of each invocation. In a stack that sends events, the sink hears of them. */
function openErasures(erasures: ErasureStore, env: NodeJS.ProcessEnv): () => ErasureStore {
  if (optional(env, 'RELAY_WAKES_URL') === undefined) return () => erasures;
  const { erasureNotes, wakes } = openEvents(required(env, 'MESSAGES_TABLE'), env);
  return () => erasuresWithEvents(erasures, erasureNotes, wakes);
}

/** Puts together what the list of rooms needs. */
export function createRoomsContext(env = process.env): RoomsContext {
  return { rooms: createRoomIndex(openDatabase(env), required(env, 'MESSAGES_TABLE')), clock };
}

/** Puts together what an operator's look at users needs. */
export function createDirectoryContext(env = process.env): DirectoryContext {
  const directory = createUserDirectory(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return { ...createUserContext(env), directory, clock, leaseMs: leaseMs(env) };
}

/** Puts together what an operator's erasures need, and gives it to each invocation. */
export function createErasureContext(env = process.env): () => Omit<ErasureContext, 'metrics'> {
  const messages = required(env, 'MESSAGES_TABLE');
  const { erasures, ...operator } = createOperatorContext(env);
  const begin = openErasures(erasures, env);
  const shared = {
    ...operator,
    ...createFollowContext(env),
    gone: openGone(env),
    ...createListedMemberContext(env),
    restrictions: createRestrictionErasureStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    reports: createReportErasureStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    held: createHeldErasureStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    ...openFiles(env),
    ...(isOn(env, 'PUSH') && {
      subscriptions: createSubscriptionStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    }),
    reactions: {
      ...createReactionStore(openDatabase(env), messages),
      ...createReactionErasureStore(openDatabase(env), messages),
    },
    ...createDraftContext(env),
    recentLogs: createRecentLogCache(),
    random: Math.random,
    settings: retentionSettings(env),
  };
  return () => ({ ...shared, erasures: begin() });
}
