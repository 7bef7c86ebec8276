import { logInvocation } from '../../lib/telemetry/invocationLog';
import type { InvocationMetrics } from '../../lib/telemetry/invocationMetrics';

/** The cost of an invocation each way, in microseconds of processor time and of the clock. */
export type Costs = Record<'bare' | 'line' | 'written', { cpuUs: number; wallUs: number }>;

const ROUNDS = 50_000;

const context = {
  awsRequestId: '8f5c1a52-6c0c-4f0e-9d3b-0c5a4b9f7e21',
  getRemainingTimeInMillis: () => 29_000,
};
const event = { requestContext: { connectionId: 'L0SM9cOFvHcCIhw=', requestId: 'JKJaXmPLvHcESHA=' } };

/** The fields that sendMessage logs for a message to nine receivers. */
async function likeSendMessage(_event: object, metrics: InvocationMetrics): Promise<void> {
  metrics.annotate({ userId: 'guest:5Zq0hF3XkV2mWb1c' });
  metrics.annotate({ action: 'sendMessage', room: 'lobby', messageId: '0123456789abcdef' });
  metrics.increment('Messages');
  metrics.increment('Recipients', 9);
  metrics.increment('Gone', 0);
  metrics.increment('PostsFailed', 0);
  metrics.increment('FanOutMs', 12);
  metrics.annotate({ outcome: 'ack' });
  metrics.annotate({ seq: 12_345 });
}

const options = { stack: 'edge-chat-prod', level: 'info', hasMetrics: true } as const;
let bytes = 0;
const remember = (line: string): void => {
  bytes = line.length + 1;
};

const ways = {
  bare: async () => {},
  line: logInvocation('sendMessage', { ...options, write: remember }, likeSendMessage),
  // A pipe with a reader, as on Lambda.
  written: logInvocation(
    'sendMessage',
    { ...options, write: (line) => void process.stdout.write(`${line}\n`) },
    likeSendMessage,
  ),
};

async function measure(way: keyof typeof ways): Promise<{ cpuUs: number; wallUs: number }> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < ROUNDS; i++) await ways[way](event, context);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / ROUNDS, wallUs: ((performance.now() - began) * 1000) / ROUNDS };
}

async function main(): Promise<void> {
  for (const way of ['bare', 'line', 'written'] as const) await measure(way);
  const [bare, line, written] = [await measure('bare'), await measure('line'), await measure('written')];
  const costs: Costs = { bare, line, written };
  process.send?.({ costs, bytes });
}

void main();
