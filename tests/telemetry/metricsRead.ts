import {
  isRecord,
  type JsonRecord,
  listAt,
  recordAt,
  recordsAt,
  resourcesOf,
  type Template,
} from '../../local/template/template';

/** A metric as something reads it. A search gives only the names of its dimensions, with values where it narrows them. */
export interface MetricRead {
  by: string;
  namespace: string;
  name: string;
  dimensions: Record<string, unknown>;
}

/** Every metric that the alarms and the dashboard of a stack read. */
export function metricsRead(template: Template): MetricRead[] {
  return [...readByAlarms(template), ...readByDashboards(template)];
}

function readByAlarms(template: Template): MetricRead[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(({ id, properties }) => {
    const several = recordsAt(properties, 'Metrics').map(({ MetricStat }) =>
      isRecord(MetricStat) ? recordAt(MetricStat, 'Metric') : {},
    );
    return [properties, ...several]
      .filter(({ MetricName }) => MetricName !== undefined)
      .map((metric) => ({
        by: id,
        namespace: String(metric.Namespace),
        name: String(metric.MetricName),
        dimensions: Object.fromEntries(
          recordsAt(metric, 'Dimensions').map(({ Name, Value }) => [String(Name), Value]),
        ),
      }));
  });
}

/** The widgets of all dashboards. What `Fn::Sub` would put in stands as it is, inside of strings. */
export function widgetsOf(template: Template): JsonRecord[] {
  return resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(({ properties }) => {
    const body: JsonRecord = JSON.parse(String(recordAt(properties, 'DashboardBody')['Fn::Sub']));
    return recordsAt(body, 'widgets');
  });
}

function readByDashboards(template: Template): MetricRead[] {
  return widgetsOf(template).flatMap((widget) => {
    const properties = recordAt(widget, 'properties');
    const by = `the dashboard's "${properties.title}"`;
    return listAt(properties, 'metrics').map((row) => ({ by, ...metricOf(row) }));
  });
}

const SEARCH =
  /^SEARCH\('\{(?<namespace>[^,]+),(?<names>[^}]+)\} MetricName="(?<name>\w+)" (?<values>.*)', 'Sum', 60\)$/;

/** `[namespace, name, dimension, value, …, options]`, or an expression. */
function metricOf(row: unknown): Omit<MetricRead, 'by'> {
  const [first, name, ...rest] = row as unknown[];
  if (!isRecord(first)) {
    const pairs = rest.filter((each) => !isRecord(each));
    const dimensions = Object.fromEntries(
      pairs.flatMap((each, i) => (i % 2 === 0 ? [[String(each), pairs[i + 1]]] : [])),
    );
    return { namespace: String(first), name: String(name), dimensions };
  }
  const search = SEARCH.exec(String(first.expression))?.groups;
  if (!search) throw new Error(`Nobody reads the expression ${first.expression}.`);
  const values = Object.fromEntries(
    [...(search.values ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value]) => [key, value]),
  );
  const names = (search.names ?? '').split(',');
  return {
    namespace: search.namespace ?? '',
    name: search.name ?? '',
    dimensions: Object.fromEntries(names.map((key) => [key, values[key]])),
  };
}
