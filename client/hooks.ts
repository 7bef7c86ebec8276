'use client';

/** React hooks over the client, for React 18 or later: the entry point `edge-chat/react`. */

export * from './react';
export { useDrafts } from './react/drafts';
export { type FilesView, filesOf, useFiles } from './react/files';
export { type RoomListView, useFollowedRooms, useUnread } from './react/followedRooms';
export { type ReportsView, useReports } from './react/reports';
