/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Clients import this module and nothing else of `lib/`.
 */
export {
  NAME_RULE,
  parseName,
  parseRoom,
  parseSeq,
  parseText,
  parseUserId,
  problemWithText,
  ROOM_RULE,
} from './fields';
export {
  type Ability,
  type Ack,
  type Action,
  BEARER_PREFIX,
  type ClientMessage,
  type Content,
  type Data,
  type DeletedEntry,
  type Deleter,
  type EditedEntry,
  type ErasedEntry,
  type ErrorCode,
  type ErrorFrame,
  type History,
  type Joined,
  type Json,
  type LogEntry,
  type MessageContent,
  type MessageEntry,
  type Page,
  type ParsedClientFrame,
  type Place,
  type Pong,
  type Publication,
  type Push,
  type ReactedEntry,
  type ReactionList,
  type ReactionSummary,
  type Reactions,
  type Reply,
  type ServerMessage,
  SUBPROTOCOL,
  type SystemEntry,
  type TombstoneEntry,
  type UnknownEntry,
  type User,
} from './frames';
export { LIMITS, MAX_BAN_MS, MAX_TOKEN_CHARACTERS } from './limits';
export { parseServerFrame } from './parseServerFrame';
