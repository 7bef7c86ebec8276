import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Chat } from '../common/chatTypes';
import type { ChatError } from '../common/errors';
import { type Listed, listReports, type ReportedMessage, resolveReports } from '../reports';
import { hold, startChat } from './lifecycles';

/** The reports in a room as they were read last, and what a moderator does with them. */
export interface ReportsView {
  /** By their messages; `undefined` until they were read. */
  readonly reports: readonly ReportedMessage[] | undefined;
  readonly hasMore: boolean;
  /** Why the last read failed. */
  readonly error: ChatError | undefined;
  /** Reads the first page again. The server tells nothing of new reports. */
  refresh(): Promise<void>;
  loadMore(): Promise<void>;
  /** Ends the reports of a message. Rejects with the server's reason. */
  resolve(of: number): Promise<void>;
}

/** Reads the reports in a room for a moderator, and again at each new connection. */
export function useReports(chat: Chat, name: string): ReportsView {
  const room = chat.room(name);
  const [list, setList] = useState<Listed<ReportedMessage>>();
  const [error, setError] = useState<ChatError>();
  const reads = useRef(0);
  /** Reads the page after those that are shown, or the first. A later read has newer reports. */
  const read = useCallback(
    async (shown?: Listed<ReportedMessage>) => {
      const own = ++reads.current;
      try {
        const page = await listReports(room, shown?.next);
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
      reports: list?.items,
      hasMore: list?.next !== undefined,
      error,
      refresh: () => read(),
      loadMore: async () => {
        if (list?.next !== undefined) await read(list);
      },
      resolve: async (of) => {
        await resolveReports(room, of);
        setList((shown) => shown && { ...shown, items: shown.items.filter((report) => report.of !== of) });
      },
    }),
    [list, error, read, room],
  );
}
