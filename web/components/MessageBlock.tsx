import { memo } from 'react';
import type { PendingChange } from '../../client';
import type { Reactions } from '../../client/reactions';
import { type Block, isSameBlock } from '../pure/blocks';
import type { Row } from '../pure/rows';
import { ErrorBoundary } from './ErrorBoundary';
import { MessageRow, type RowHandlers } from './MessageRow';
import { PendingRow } from './PendingRow';
import { DayRow, GapRow, NewRow, SystemRow } from './Separators';

interface Props {
  block: Block;
  today: number;
  /** Own changes that are not in the log yet, by the seqs of their messages. */
  changes: ReadonlyMap<number | string, PendingChange>;
  /** The seqs of messages whose deletion the user can undo. */
  leaving: ReadonlySet<number>;
  /** Own reactions, by the seqs of their messages. */
  toggles: Reactions['snapshot'];
  me: string | undefined;
  canReact: boolean;
  handlers: RowHandlers;
}

/** Rows that are laid out together. The browser skips a block that is out of sight. */
export const MessageBlock = memo(
  function MessageBlock({ block, ...rest }: Props) {
    return <div className="block">{block.rows.map((row) => renderRow(row, rest))}</div>;
  },
  (before, after) =>
    before.today === after.today &&
    before.changes === after.changes &&
    before.leaving === after.leaving &&
    before.toggles === after.toggles &&
    before.me === after.me &&
    before.canReact === after.canReact &&
    before.handlers === after.handlers &&
    isSameBlock(before.block, after.block),
);

const UNSHOWN = <p className="notice">This browser cannot show a message here.</p>;

function renderRow(row: Row, props: Omit<Props, 'block'>) {
  const { today, changes, leaving, toggles, me, canReact, handlers } = props;
  switch (row.kind) {
    case 'day':
      return <DayRow key={row.key} at={row.at} now={today} />;
    case 'new':
      return <NewRow key={row.key} />;
    case 'gap':
      return <GapRow key={row.key} missing={row.missing} />;
    case 'system':
      return <SystemRow key={row.key} entry={row.entry} me={row.me} />;
    case 'message':
      return (
        <ErrorBoundary key={row.key} fallback={UNSHOWN}>
          <MessageRow
            {...row}
            change={changes.get(row.message.seq)}
            isLeaving={leaving.has(row.message.seq)}
            toggles={toggles.get(row.message.seq)}
            me={me}
            canReact={canReact}
            handlers={handlers}
          />
        </ErrorBoundary>
      );
    case 'pending':
      return (
        <ErrorBoundary key={row.key} fallback={UNSHOWN}>
          <PendingRow {...row} onRetry={handlers.onRetry} onDiscard={handlers.onDiscard} />
        </ErrorBoundary>
      );
    default:
      return row satisfies never;
  }
}
