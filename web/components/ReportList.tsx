import { useContext, useState } from 'react';
import type { Chat, Room } from '../../client';
import { deleteMessage } from '../../client/editing';
import { type ReportsView, useReports } from '../../client/react/reports';
import type { ReportedMessage } from '../../client/reports';
import type { User } from '../../lib/protocol';
import { FilesPlaceContext } from '../files/context';
import { problemOf } from '../hooks/useRequest';
import { HeldList } from './HeldList';

interface Props {
  me: string;
  /** Asks for how long an author is to be removed. */
  onRemove(author: User): void;
}

/** A part of the list, where the failure of its requests is shown. */
type Part = 'held' | 'reports';

/** What waits for the moderators of the open room: held messages and reported ones. */
export function ReportList(props: Props) {
  const place = useContext(FilesPlaceContext);
  return place && <Reports {...props} chat={place.chat} name={place.name} />;
}

function Reports({ chat, name, me, onRemove }: Props & { chat: Chat; name: string }) {
  const view = useReports(chat, name);
  const { reports, hasMore, error } = view;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ part: Part; text: string }>();
  const run = (part: Part, act: Promise<unknown>) => {
    setBusy(true);
    act
      .then(
        () => setProblem(undefined),
        (reason: unknown) => setProblem({ part, text: problemOf(reason) }),
      )
      .finally(() => setBusy(false));
  };
  const problemIn = (part: Part) => (problem?.part === part ? problem.text : undefined);
  const failed = problemIn('reports') ?? error?.message;
  return (
    <>
      <HeldList
        held={view.held ?? []}
        isBusy={isBusy}
        problem={problemIn('held')}
        onDecide={(held, verdict) => run('held', view.decide(held, verdict))}
      />
      <h3 className="panel-title">
        Reported messages
        <button type="button" className="link" onClick={() => run('reports', view.refresh())}>
          Refresh<span className="hidden"> the reports</span>
        </button>
      </h3>
      {failed !== undefined && (
        <p className="wrong" role="alert">
          {failed}
        </p>
      )}
      {reports?.length === 0 && !hasMore && <p className="muted">No message is reported.</p>}
      <ul className="people" aria-label="Reported messages">
        {[...byMessage(reports ?? [])].map(([of, [first, ...others]]) => (
          <li key={of} className="report">
            <a href={`#${name}/${of}`}>
              {first.message ? (
                <>
                  <bdi>{first.message.from.name}</bdi>: {first.message.text}
                </>
              ) : (
                'The message is gone.'
              )}
            </a>
            {[first, ...others].map(({ user, reason }) => (
              <p key={user.id} className="muted">
                <bdi>{user.name}</bdi>
                {reason !== undefined && <>: {reason}</>}
              </p>
            ))}
            <span className="report-actions">
              <button type="button" disabled={isBusy} onClick={() => run('reports', view.resolve(of))}>
                Dismiss
              </button>
              {first.message && (
                <button
                  type="button"
                  disabled={isBusy}
                  onClick={() => run('reports', deleteAndResolve(chat.room(name), view, of))}
                >
                  Delete message
                </button>
              )}
              {first.message && first.message.from.id !== me && (
                <button type="button" onClick={() => first.message && onRemove(first.message.from)}>
                  Remove author
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={() => void view.loadMore()}>
          Show more
        </button>
      )}
    </>
  );
}

async function deleteAndResolve(room: Room, view: ReportsView, of: number): Promise<void> {
  await deleteMessage(room, of);
  await view.resolve(of);
}

type Group = [ReportedMessage, ...ReportedMessage[]];

function byMessage(reports: readonly ReportedMessage[]): Map<number, Group> {
  const groups = new Map<number, Group>();
  for (const report of reports) {
    const group = groups.get(report.of);
    if (group) group.push(report);
    else groups.set(report.of, [report]);
  }
  return groups;
}
