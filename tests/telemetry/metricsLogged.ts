import { isRecord, listAt, recordsAt } from '../../local/template/template';
import { within } from '../local/support';

/** A metric as a log line gives it. */
export interface MetricLogged {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

/** The metrics in a line, read as CloudWatch reads embedded metric format. @throws Error where it would not. */
function metricsIn(line: string): MetricLogged[] {
  const value = parse(line);
  if (!isRecord(value) || !isRecord(value._aws)) return [];
  if (!Number.isInteger(value._aws.Timestamp)) throw new Error(`No time: ${line}`);
  return recordsAt(value._aws, 'CloudWatchMetrics').flatMap((directive) =>
    listAt(directive, 'Dimensions').flatMap((set) => {
      const dimensions = Object.fromEntries((set as string[]).map((name) => [name, textAt(value, name)]));
      return recordsAt(directive, 'Metrics').map(({ Name, Unit }) => {
        const name = String(Name);
        if (typeof value[name] !== 'number') throw new Error(`No value of ${name}: ${line}`);
        if (Unit !== 'Count' && Unit !== 'Milliseconds') throw new Error(`${Unit} is no unit: ${line}`);
        return { namespace: String(directive.Namespace), name, dimensions };
      });
    }),
  );
}

function textAt(line: Record<string, unknown>, name: string): string {
  const value = line[name];
  if (typeof value !== 'string' || value === '')
    throw new Error(`No dimension ${name}: ${JSON.stringify(line)}`);
  return value;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Collects what functions log, and waits for what has been promised. */
export function createReader() {
  const lines: string[] = [];
  const logged: MetricLogged[] = [];
  const waiting = new Set<() => void>();
  const until = <Found>(what: string, find: () => Found | undefined): Promise<Found> =>
    within(
      what,
      new Promise<Found>((resolve) => {
        const look = () => {
          const found = find();
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    );
  return {
    lines,
    logged,
    take(line: string) {
      lines.push(line);
      logged.push(...metricsIn(line));
      for (const look of waiting) look();
    },
    /** Waits until a metric has been logged, if it was not yet. */
    async metric(name: string, dimensions: Record<string, string> = {}): Promise<void> {
      await until(`the metric ${name} ${JSON.stringify(dimensions)}`, () =>
        logged.find(
          (metric) =>
            metric.name === name &&
            Object.entries(dimensions).every(([key, value]) => metric.dimensions[key] === value),
        ),
      );
    },
    /** Waits for a line with these values, if it did not come yet. */
    line(values: Record<string, unknown>): Promise<Record<string, unknown>> {
      return until(`a line ${JSON.stringify(values)}`, () =>
        lines
          .map(parse)
          .filter(isRecord)
          .find((line) => Object.entries(values).every(([key, value]) => line[key] === value)),
      );
    },
  };
}
