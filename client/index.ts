export { createChat } from './chat';
export { openWith, type SocketClass } from './defaults';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './errors';
export { createMemoryOutbox } from './outbox/memory';
export type * from './types';
export type * from './world';
