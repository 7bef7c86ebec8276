import { readFileSync } from 'node:fs';
import path from 'node:path';
import metrics from '../../lib/telemetry/metrics.json';
import { root } from '../local/support';

const { names: alarms } = require('../../infra/alarms.js') as { names: string[] };

const page = readFileSync(path.join(root, 'docs', 'monitoring.md'), 'utf8');

/** The names in the first column of the table under a heading. */
const rowsUnder = (heading: string): string[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
};

it('docs/monitoring.md says what every metric means, and of no other', () => {
  const names = [...Object.keys(metrics.byStack.units), ...Object.keys(metrics.byReason.units)];

  expect(rowsUnder('Metrics')).toEqual(expect.arrayContaining(names));
  expect(rowsUnder('Metrics')).toHaveLength(names.length);
});

it('docs/monitoring.md says what to do about every alarm, and of no other', () => {
  const explained = [...page.matchAll(/^\*\*(\w+)\.\*\*$/gm)].map(([, name = '']) => name);

  expect(rowsUnder('Alarms').sort()).toEqual([...alarms].sort());
  expect(explained.sort()).toEqual([...alarms].sort());
});

it('the queries ask for fields that lines have', () => {
  const fields = new Set([
    ...Object.keys(metrics.byStack.units),
    ...['Refused', 'Reason', 'level', 'message', 'error', 'ms', 'room', 'seq'],
    ...['requestId', 'connectionId', 'messageId', 'userId'],
  ]);
  const [, queries = ''] = page.split('\n## Queries\n');
  const [own = ''] = queries.split('\n## ');
  const words = [...own.matchAll(/^```\n(.*?)^```/gms)]
    .map(([, query = '']) => query)
    .filter((query) => !query.startsWith('aws'))
    .flatMap((query) => query.replaceAll(/"[^"]*"|@\w+|\bas \w+/g, '').match(/\b[A-Za-z]\w*\b/g) ?? []);
  const known =
    /^(filter|fields|sort|desc|limit|stats|by|in|or|count|count_distinct|sum|max|pct|ispresent|refused|messages|posts)$/;

  expect(words.length).toBeGreaterThan(40);
  expect(words.filter((word) => !fields.has(word) && !known.test(word))).toEqual([]);
});
