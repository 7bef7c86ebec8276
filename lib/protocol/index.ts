/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Clients import this module and nothing else of `lib/`.
 */
export type {
  Content,
  Data,
  DeletedEntry,
  Deleter,
  EditedEntry,
  ErasedEntry,
  FileInfo,
  Json,
  LogEntry,
  MessageContent,
  MessageEntry,
  ReactedEntry,
  ReactionSummary,
  Reactions,
  SystemEntry,
  TombstoneEntry,
  UnknownEntry,
  User,
} from './entries';
export {
  GUEST_PREFIX,
  isGuest,
  NAME_RULE,
  parseId,
  parseName,
  parseRoom,
  parseSeq,
  parseText,
  parseUserId,
  problemWithText,
  ROOM_RULE,
} from './fields';
export type {
  Ability,
  Ack,
  Action,
  BackEndRequest,
  BanPage,
  ClientMessage,
  Draft,
  DraftPart,
  ErrorCode,
  ErrorFrame,
  History,
  Joined,
  MemberDetails,
  MemberPage,
  Page,
  ParsedClientFrame,
  Place,
  Pong,
  Publication,
  Push,
  ReactionList,
  ReactReply,
  Reply,
  RoomBan,
  ServerMessage,
  Signal,
} from './frames';
export { LIMITS, MAX_BAN_MS, MAX_CONNECTION_MS, MAX_TOKEN_CHARACTERS } from './limits';
export { parseServerFrame } from './parseServerFrame';
export { BEARER_PREFIX, REFUSED_SUBPROTOCOL, SESSION_PREFIX, SUBPROTOCOL } from './subprotocols';
