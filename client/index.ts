export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './errors';
export type * from './types';
export type * from './world';
