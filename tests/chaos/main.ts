import { parseArgs } from 'node:util';
import { parseFaults } from './faults';
import { summarize } from './summary';
import { torture } from './torture';

/** After the last fault everybody is whole within one heartbeat and this, for sockets that lead nowhere. */
const HEALS_MS = 30_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '200' },
    rooms: { type: 'string', default: '20' },
    sends: { type: 'string', default: '10000' },
    faults: { type: 'string', default: 'all' },
    rate: { type: 'string', default: '60' },
    ping: { type: 'string', default: '30' },
    storms: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    'aws-clients': { type: 'string', default: 'own' },
  },
});

function number(name: Exclude<keyof typeof values, 'faults' | 'aws-clients'>, least: number): number {
  const value = Number(values[name]);
  if (!(value >= least)) throw new Error(`--${name} is a number of at least ${least}.`);
  return value;
}

/** `npm run torture`: the load of the guarantees, under every fault at once. */
async function main(): Promise<void> {
  const pingEveryMs = number('ping', 1) * 1000;
  const report = await torture({
    seed: number('seed', 0),
    clients: number('clients', 1),
    rooms: number('rooms', 1),
    sends: number('sends', 1),
    rates: parseFaults(values.faults),
    sendsPerSecond: number('rate', 1),
    pingEveryMs,
    lastsMs: number('minutes', 0.1) * 60_000,
    healsMs: pingEveryMs + HEALS_MS,
    storms: number('storms', 0),
    awsClients: values['aws-clients'],
    onProgress: (line) => console.log(line),
  });
  console.log(`\n${summarize(report)}`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

void main();
