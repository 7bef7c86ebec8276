export { createChat } from './chat';
export type * from './common/chatTypes';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './common/errors';
export type * from './common/outboxTypes';
export type * from './common/platform';
export type * from './common/roomTypes';
export { type WebSocketClass, webSocketFrom } from './platform/defaults';
