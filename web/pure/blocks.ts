import type { Row } from './rows';

/** Rows that stay together when rows are added above or below them. */
export interface Block {
  key: number;
  rows: Row[];
}

const SEQS_PER_BLOCK = 50;

/** Splits rows into blocks by seq, so that a new message changes the last block only. */
export function blocksOf(rows: readonly Row[]): Block[] {
  const blocks: Block[] = [];
  let waiting: Row[] = [];
  let key = 0;
  for (const row of rows) {
    waiting.push(row);
    if (row.kind !== 'message' && row.kind !== 'pending' && row.kind !== 'system') continue;
    if (row.kind === 'message') key = Math.floor(row.message.seq / SEQS_PER_BLOCK);
    if (row.kind === 'system') key = Math.floor(row.entry.seq / SEQS_PER_BLOCK);
    const last = blocks.at(-1);
    if (last?.key === key) last.rows.push(...waiting);
    else blocks.push({ key, rows: waiting });
    waiting = [];
  }
  return blocks;
}

/** Whether two blocks look the same. */
export function isSameBlock(a: Block, b: Block): boolean {
  return a.rows.length === b.rows.length && a.rows.every((row, at) => isSameRow(row, b.rows[at]));
}

function isSameRow(a: Row, b: Row | undefined): boolean {
  if (b === undefined || a.key !== b.key) return false;
  switch (a.kind) {
    case 'new':
      return b.kind === a.kind;
    case 'day':
      return b.kind === a.kind && a.at === b.at;
    case 'gap':
      return b.kind === a.kind && a.missing === b.missing;
    case 'system':
      return b.kind === a.kind && a.entry === b.entry && a.me === b.me;
    case 'message':
      return (
        b.kind === a.kind &&
        a.message === b.message &&
        a.quoted === b.quoted &&
        a.mark === b.mark &&
        a.isOwn === b.isOwn &&
        a.isMention === b.isMention &&
        isSameRun(a, b)
      );
    case 'pending':
      return b.kind === a.kind && a.send === b.send && isSameRun(a, b);
    default:
      return a satisfies never;
  }
}

interface InRun {
  opens: boolean;
  closes: boolean;
}

function isSameRun(a: InRun, b: InRun): boolean {
  return a.opens === b.opens && a.closes === b.closes;
}
