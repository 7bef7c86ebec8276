export { createChat } from './chat';
export { openWith, type SocketClass } from './defaults';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './errors';
export type * from './types';
export type * from './world';
