import { createCommand, runProgram } from '../../cli/commandLine/command';
import { numberFrom, wholeNumber } from '../../cli/commandLine/values';
import { parseFaults } from './faults';
import { runChaos } from './runChaos';
import { summarize } from './summary';

/** After the last fault every client is up to date within a heartbeat and this time, also after a dead socket. */
const HEALS_MS = 30_000;

interface Options {
  seed: number;
  clients: number;
  rooms: number;
  sends: number;
  faults: string;
  rate: number;
  ping: number;
  storms: number;
  minutes: number;
  awsClients: string;
}

/** `npm run chaos`: the load of the guarantees, under every fault at once. */
async function main({ faults, rate, ping, minutes, ...options }: Options): Promise<void> {
  const pingEveryMs = ping * 1000;
  const report = await runChaos({
    ...options,
    rates: parseFaults(faults),
    sendsPerSecond: rate,
    pingEveryMs,
    lastsMs: minutes * 60_000,
    healsMs: pingEveryMs + HEALS_MS,
    onProgress: (line) => console.log(line),
  });
  console.log(`\n${summarize(report)}`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

void runProgram(
  createCommand('npm run chaos --')
    .description('Run the real stack under load and faults, and search for violations of the guarantees.')
    .option('--seed <number>', 'seed of the faults', wholeNumber(0), Date.now() % 1_000_000)
    .option('--clients <count>', 'clients', wholeNumber(1), 200)
    .option('--rooms <count>', 'rooms', wholeNumber(1), 20)
    .option('--sends <count>', 'messages', wholeNumber(1), 10_000)
    .option('--faults <list>', 'faults, such as all,post429=0.1 or none', 'all')
    .option('--rate <count>', 'messages a second', numberFrom(1), 60)
    .option('--ping <seconds>', 'time between two pings of a client', numberFrom(1), 30)
    .option('--storms <count>', 'times that every connection is cut at once', wholeNumber(0), 1)
    .option('--minutes <count>', 'time limit', numberFrom(0.1), 20)
    .option('--aws-clients <kind>', 'own or sdk: the AWS clients of the functions', 'own')
    .action(main),
);
