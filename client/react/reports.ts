import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Chat } from '../common/chatTypes';
import type { ChatError } from '../common/errors';
import {
  decide,
  type HeldItem,
  type Listed,
  listQueue,
  type ReportedMessage,
  resolveReports,
} from '../reports';
import { hold, startChat } from './lifecycles';

/** What waits for a room's moderators as it was read last, and what a moderator does with it. */
export interface ReportsView {
  /** By their messages; `undefined` until they were read. */
  readonly reports: readonly ReportedMessage[] | undefined;
  /** Messages that the review holds, oldest first; `undefined` until they were read. */
  readonly held: readonly HeldItem[] | undefined;
  readonly hasMore: boolean;
  /** Why the last read failed. */
  readonly error: ChatError | undefined;
  /** Reads the first page again. The server tells nothing of new reports. */
  refresh(): Promise<void>;
  loadMore(): Promise<void>;
  /** Ends the reports of a message. Rejects with the server's reason. */
  resolve(of: number): Promise<void>;
  /** Allows or denies a held message. Rejects with the server's reason; after `gone` the message is listed no more. */
  decide(held: string, verdict: 'allow' | 'deny', reason?: string): Promise<void>;
}

type QueueItem = HeldItem | ReportedMessage;

/** Reads what waits in a room for a moderator, and again at each new connection. */
export function useReports(chat: Chat, name: string): ReportsView {
  const room = chat.room(name);
  const [list, setList] = useState<Listed<QueueItem>>();
  const [error, setError] = useState<ChatError>();
  const reads = useRef(0);
  /** Reads the page after those that are shown, or the first. A later read has newer reports. */
  const read = useCallback(
    async (shown?: Listed<QueueItem>) => {
      const own = ++reads.current;
      try {
        const page = await listQueue(room, shown?.next);
        if (own !== reads.current) return;
        setList({ ...page, items: [...(shown?.items ?? []), ...page.items] });
        setError(undefined);
      } catch (reason) {
        if (own === reads.current) setError(reason as ChatError);
      }
    },
    [room],
  );

  useEffect(() => hold(chat, startChat), [chat]);
  useEffect(() => {
    const refresh = () => {
      if (chat.state.kind === 'connected') void read();
    };
    refresh();
    const stop = chat.on('state', refresh);
    return () => {
      reads.current++;
      stop();
    };
  }, [chat, read]);

  return useMemo(
    () => ({
      reports: list?.items.filter((item) => item.kind === 'report'),
      held: list?.items.filter((item) => item.kind === 'held'),
      hasMore: list?.next !== undefined,
      error,
      refresh: () => read(),
      loadMore: async () => {
        if (list?.next !== undefined) await read(list);
      },
      resolve: async (of) => {
        await resolveReports(room, of);
        setList((shown) => without(shown, (item) => item.kind === 'report' && item.of === of));
      },
      decide: async (held, verdict, reason) => {
        const forget = () =>
          setList((shown) => without(shown, (item) => item.kind === 'held' && item.held === held));
        await decide(room, held, verdict, reason).then(forget, (failed: ChatError) => {
          if (failed.code === 'gone') forget();
          throw failed;
        });
      },
    }),
    [list, error, read, room],
  );
}

function without(
  list: Listed<QueueItem> | undefined,
  isMeant: (item: QueueItem) => boolean,
): Listed<QueueItem> | undefined {
  return list && { ...list, items: list.items.filter((item) => !isMeant(item)) };
}
