export { createChat } from './chat';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './errors';
export { openWith, type SocketClass } from './platform/defaults';
export type * from './platform/platform';
export type * from './types';
