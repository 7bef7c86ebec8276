export { createChat } from './chat';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './errors';
export type * from './outbox/types';
export { type WebSocketClass, webSocketFrom } from './platform/defaults';
export type * from './platform/platform';
export type * from './types';
