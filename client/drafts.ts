/** Drafts: unfinished texts, mostly of bots, that a room sees before they are messages. */

export { createDraftWriter, type DraftWriter, type DraftWriterOptions } from './drafts/draftWriter';
export { type Drafts, type DraftsOptions, type DraftView, watchDrafts } from './drafts/watchDrafts';
