/** Drafts: what users, bots above all, are writing in a room, before it is a message. */

export { createDraftWriter, type DraftWriter, type DraftWriterOptions } from './drafts/draftWriter';
export { type Drafts, type DraftsOptions, type DraftView, watchDrafts } from './drafts/watchDrafts';
