/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Clients import this module and nothing else of `lib/`.
 */
export { DIRECT_PREFIX, isDirect } from './directRooms';
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
export { featureFrames } from './featureFrames';
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
  Action,
  BackEndRequest,
  ClientMessage,
  DraftPart,
  MessageOf,
  Publication,
  RoomSettings,
} from './frames';
export {
  HELD_PER_USER,
  LIMITS,
  MAX_BAN_MS,
  MAX_CONNECTION_MS,
  MAX_SLOW_SECONDS,
  MAX_TOKEN_CHARACTERS,
  REASON_CHARACTERS,
  REPORTS_PER_MESSAGE,
  REPORTS_PER_USER,
  TILE_BYTES,
} from './limits';
export type {
  Ability,
  BanPage,
  FollowedRoom,
  HeldItem,
  History,
  Joined,
  MemberDetails,
  MemberPage,
  Mentions,
  MessagePreview,
  Page,
  QueuePage,
  ReactionList,
  ReadPosition,
  ReportedMessage,
  RoomBan,
  RoomPage,
  Unread,
} from './pages';
export { MOST_MENTIONS, MOST_UNREAD } from './pages';
export { CORE_FRAMES, type FrameShapes, parseFrame } from './parseFrame';
export { parseServerFrame } from './parseServerFrame';
export type {
  Ack,
  Draft,
  ErrorCode,
  ErrorFrame,
  Muted,
  Place,
  Pong,
  Push,
  ReactReply,
  ReadMarked,
  Reply,
  RoomChange,
  RoomSet,
  ServerMessage,
  Signal,
} from './serverFrames';
export { BEARER_PREFIX, REFUSED_SUBPROTOCOL, SESSION_PREFIX, SUBPROTOCOL } from './subprotocols';
