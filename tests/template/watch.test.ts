import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileTemplate } from '../../local/template/compile';
import { root } from '../local/support';
import { metricsRead, widgetsOf } from '../telemetry/metricsRead';
import { allFunctions } from './packaging';
import { ofType, type Template, text } from './template';
import { validate, validateSchemas } from './validators';

const { names } = require('../../infra/alarms.js') as { names: string[] };

jest.setTimeout(120_000);

type Local = Awaited<ReturnType<typeof compileTemplate>>;

const compiled = (params: Record<string, string>) => compileTemplate({ root, stage: 'prod', params });
const asTemplate = (template: Local) => template as unknown as Template;

let bare: Local;
let alarmsOnly: Local;
let full: Local;

beforeAll(async () => {
  [bare, alarmsOnly, full] = await Promise.all([
    compiled({}),
    compiled({ alarmEmail: 'ops@example.com' }),
    compiled({
      watch: 'all',
      alarmEmail: 'ops@example.com',
      monthlyBudget: '50',
      tracing: 'on',
      requestsPerSecond: '2500',
      events: 'fifo',
      push: 'on',
      reviewFunction: 'arn:aws:lambda:us-east-1:123456789012:function:edge-chat-prod-review',
    }),
  ]);
});

const types = (template: Local) => new Set(Object.values(template.Resources).map(({ Type }) => Type));

const alarms = (template: Local) => ofType(asTemplate(template), 'AWS::CloudWatch::Alarm');

/** What AWS publishes by itself and we read, with the dimensions that it has there. */
const PUBLISHED: Record<string, { names: string[]; dimensions: string[] }> = {
  'AWS/Lambda': { names: ['Errors', 'Throttles', 'Duration'], dimensions: ['FunctionName'] },
  'AWS/SQS': { names: ['ApproximateNumberOfMessagesVisible'], dimensions: ['QueueName'] },
  'AWS/ApiGateway': {
    names: ['ConnectCount', 'MessageCount', 'ClientError', 'IntegrationError', 'ExecutionError'],
    dimensions: ['ApiId', 'Stage'],
  },
};

it('costs nothing by the hour unless it is asked for', () => {
  for (const type of ['Alarm', 'Dashboard']) expect(types(bare)).not.toContain(`AWS::CloudWatch::${type}`);
  expect(types(bare)).not.toContain('AWS::Budgets::Budget');
  expect(types(bare)).not.toContain('AWS::SNS::Topic');
  expect(JSON.stringify(bare)).not.toContain('xray:');
  expect(types(alarmsOnly)).not.toContain('AWS::CloudWatch::Dashboard');
});

it('an address brings the alarms, and every one of them writes to it', () => {
  expect(alarms(full).map(({ id }) => id)).toEqual(names);
  expect(alarms(alarmsOnly).map(({ id }) => id)).toEqual(
    names.filter(
      (name) =>
        !['ReviewsFail', 'EventsFail', 'RelayGaveUp', 'NotificationsFail', 'NoticesGivenUp'].includes(name),
    ),
  );
  for (const { properties } of alarms(alarmsOnly))
    expect(properties.AlarmActions.map(text)).toEqual(['<AlarmTopic>']);
});

it('reads as many metrics as docs/monitoring.md says are paid for', () => {
  const read = metricsRead(alarmsOnly).length;
  const page = readFileSync(join(root, 'docs', 'monitoring.md'), 'utf8');
  const [, said, dollars] = /each metric they read: (\d+) \| \$(\d\.\d\d)/.exec(page) ?? [];

  expect([Number(said), Number(dollars)]).toEqual([read, read / 10]);
});

it('reads of AWS only what AWS publishes', () => {
  const foreign = metricsRead(full).filter(({ namespace }) => namespace.startsWith('AWS/'));

  expect(foreign.length).toBeGreaterThan(20);
  const wrong = foreign.filter(({ namespace, name, dimensions }) => {
    const known = PUBLISHED[namespace];
    return !known?.names.includes(name) || Object.keys(dimensions).join() !== known.dimensions.join();
  });
  expect(wrong).toEqual([]);
});

it('names functions and stacks as they are named', () => {
  const names = new Set(
    metricsRead(full).flatMap(({ by, dimensions }) =>
      by.startsWith('the dashboard') && dimensions.FunctionName ? [dimensions.FunctionName] : [],
    ),
  );
  const deployed = ofType(asTemplate(full), 'AWS::Lambda::Function');
  const stacks = deployed.map(({ properties }) => properties.Environment.Variables.STACK);

  expect([...names].sort()).toEqual(deployed.map(({ properties }) => properties.FunctionName).sort());
  expect(names.size).toBe(allFunctions.length);
  for (const { by, namespace, dimensions } of metricsRead(full))
    if (!namespace.startsWith('AWS/')) expect([by, dimensions.Stack]).toEqual([by, stacks[0]]);
});

it('expressions name the metrics beside them, and no others', () => {
  for (const { id, properties } of alarms(full)) {
    const { Metrics = [] } = properties;
    const ids = Metrics.filter(({ Expression }) => !Expression).map(({ Id }) => Id);
    const expression = Metrics.find(({ Expression }) => Expression)?.Expression;
    if (!expression || expression === 'SUM(METRICS())') continue;
    const used = new Set(expression.match(/\b[a-z]\w*\b/g));
    expect([id, [...used].sort()]).toEqual([id, ids.sort()]);
  }
});

it('the alarm for the quota follows the quota', () => {
  expect(full.Resources.QuotaNear?.Properties).toMatchObject({ Threshold: 2000 });
  expect(alarmsOnly.Resources.QuotaNear?.Properties).toMatchObject({ Threshold: 8000 });
});

it('widgets lie side by side and not on each other', () => {
  const fields = widgetsOf(full).flatMap(({ x, y, width, height }) =>
    Array.from({ length: Number(width) * Number(height) }, (_, i) => {
      const column = Number(x) + (i % Number(width));
      expect(column).toBeLessThan(24);
      return `${column},${Number(y) + Math.floor(i / Number(width))}`;
    }),
  );

  expect(new Set(fields).size).toBe(fields.length);
});

it('tracing gives each function the two rights it needs, and nothing else as broadly', () => {
  for (const { id, properties } of ofType(asTemplate(full), 'AWS::IAM::Role')) {
    const broad = (properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === '*');
    expect([id, broad.flatMap(({ Action }) => Action)]).toEqual([
      id,
      id === 'ApiGatewayLogRole' ? [] : ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    ]);
  }
  for (const { properties } of ofType(asTemplate(full), 'AWS::Lambda::Function'))
    expect(properties).toMatchObject({ TracingConfig: { Mode: 'Active' } });
});

it("has no error for cloudformation-validate, nor for the resources' own schemas", () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-watch-'));
  const file = join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(full));
  try {
    expect([...validate([file]), ...validateSchemas([file])]).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
