import { memo } from 'react';
import { type Block, isSameBlock, type Row } from '../pure/rows';
import { ErrorBoundary } from './ErrorBoundary';
import { MessageRow } from './MessageRow';
import { PendingRow } from './PendingRow';
import { DayRow, GapRow, NewRow } from './Separators';

interface Props {
  block: Block;
  today: number;
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

/** Rows that are laid out together. The browser skips a block that is out of sight. */
export const MessageBlock = memo(
  function MessageBlock({ block, ...rest }: Props) {
    return <div className="block">{block.rows.map((row) => renderRow(row, rest))}</div>;
  },
  (before, after) =>
    before.today === after.today &&
    before.onRetry === after.onRetry &&
    before.onDiscard === after.onDiscard &&
    isSameBlock(before.block, after.block),
);

const UNSHOWN = <p className="notice">This browser cannot show a message here.</p>;

function renderRow(row: Row, { today, onRetry, onDiscard }: Omit<Props, 'block'>) {
  switch (row.kind) {
    case 'day':
      return <DayRow key={row.key} at={row.at} now={today} />;
    case 'new':
      return <NewRow key={row.key} />;
    case 'gap':
      return <GapRow key={row.key} missing={row.missing} />;
    case 'message':
      return (
        <ErrorBoundary key={row.key} fallback={UNSHOWN}>
          <MessageRow {...row} />
        </ErrorBoundary>
      );
    case 'pending':
      return (
        <ErrorBoundary key={row.key} fallback={UNSHOWN}>
          <PendingRow {...row} onRetry={onRetry} onDiscard={onDiscard} />
        </ErrorBoundary>
      );
    default:
      return row satisfies never;
  }
}
