import { createConnectionRoomStore } from '../aws/dynamodb/connectionRoomStore';
import { createConnectionStore } from '../aws/dynamodb/connectionStore';
import { createCooldown } from '../aws/dynamodb/cooldown';
import { createDraftStore } from '../aws/dynamodb/draftStore';
import { createFollowStore } from '../aws/dynamodb/followStore';
import { createListedMemberStore } from '../aws/dynamodb/listedMemberStore';
import { createMessageCountStore } from '../aws/dynamodb/messageCountStore';
import { createOwnReactionStore } from '../aws/dynamodb/ownReactionStore';
import { createReactionStore } from '../aws/dynamodb/reactionStore';
import { createReportStore } from '../aws/dynamodb/reportStore';
import { createUserStore } from '../aws/dynamodb/userStore';
import type {
  ConnectionRoomContext,
  CooldownContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  ReactionContext,
  ReportContext,
  SendQuotaContext,
  UnreadContext,
  UserContext,
} from '../ports/contexts';
import { createRetryAfterCache } from '../rateLimiting/retryAfterCache';
import { required } from '../util/environment';
import { openDatabase, openGone } from './resources';

/** Creates what changes of a connection's rooms need besides. */
export function createConnectionRoomContext(env = process.env): ConnectionRoomContext {
  const table = required(env, 'CONNECTIONS_TABLE');
  return {
    connections: {
      ...createConnectionStore(openDatabase(env), table),
      ...createConnectionRoomStore(openDatabase(env), table),
    },
  };
}

/** Creates the context that closes flooding connections. */
export function createCooldownContext(env = process.env): CooldownContext {
  return { users: createCooldown(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Creates the context that reads bans. */
export function createUserContext(env = process.env): UserContext {
  return { users: createUserStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Creates what reactions need besides. */
export function createReactionContext(env = process.env): ReactionContext {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    reactions: {
      ...createReactionStore(openDatabase(env), messages),
      ...createOwnReactionStore(openDatabase(env), messages),
    },
  };
}

/** Creates what texts that are being written need besides. */
export function createDraftContext(env = process.env): DraftContext {
  return { drafts: createDraftStore(openDatabase(env), required(env, 'MESSAGES_TABLE')) };
}

/** Creates what the rooms that users follow need besides. */
export function createFollowContext(env = process.env): FollowContext {
  return { follows: createFollowStore(openDatabase(env), required(env, 'MEMBERS_TABLE')) };
}

/** Creates what the counts of unread messages need besides. */
export function createUnreadContext(env = process.env): UnreadContext {
  const messageCounts = createMessageCountStore(openDatabase(env), required(env, 'MESSAGES_TABLE'));
  return { gone: openGone(env), messageCounts };
}

/** Creates what the check of who is a member of private rooms needs besides. */
export function createListedMemberContext(env = process.env): ListedMemberContext {
  return { memberships: createListedMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')) };
}

/** Creates what reports of messages need besides. */
export function createReportContext(env = process.env): ReportContext {
  return { reports: createReportStore(openDatabase(env), required(env, 'MEMBERS_TABLE')) };
}

/** Creates what charging a user's sends needs besides. */
export function createSendQuotaContext(): SendQuotaContext {
  return { retryAfterCache: createRetryAfterCache() };
}
