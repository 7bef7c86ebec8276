import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { createCommand, runProgram } from '../cli/commandLine/command';
import { bundle, run } from './harness/childScripts';
import { printHeader, printTable, short } from './harness/report';
import type { Costs } from './telemetry/worker';

const { bundling } = require('../infra/esbuild.js') as {
  bundling(awsClients: string): Record<string, unknown>;
};

/** What CloudWatch asks for a gigabyte of log lines, in US dollars (us-east-1 list price, November 2026). */
const DOLLARS_A_GIGABYTE = 0.5;

/** The same function without its log line: it counts nothing and writes nothing. */
const without: Plugin = {
  name: 'without',
  setup(builder) {
    builder.onLoad({ filter: /lib\/telemetry\/withTelemetry\.ts$/ }, () => ({
      contents:
        'const metrics = { increment() {}, annotate() {} }; export const withTelemetry = (_name, run) => (event, context) => run(event, metrics, context);',
      loader: 'ts',
    }));
  },
};

async function sizeOf(plugins: Plugin[]): Promise<{ raw: number; gzip: number }> {
  const { exclude: _exclude, outputWorkFolder: _folder, ...options } = bundling('own');
  const { outputFiles } = await build({
    ...options,
    entryPoints: ['handlers/sendMessage.ts'],
    write: false,
    plugins,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { raw: code.length, gzip: gzipSync(code).length };
}

/** Measures what the log line adds to an invocation of sendMessage: time, bytes of the bundle and of the log. */
async function main(): Promise<void> {
  printHeader('bench:telemetry: what its line adds to an invocation of sendMessage');
  const { costs, bytes } = await run<{ costs: Costs; bytes: number }>(
    await bundle('bench/telemetry/worker.ts'),
    {},
  );
  const rows = [
    ['taken down and made into a line', costs.line],
    ['and written to a pipe', costs.written],
  ] as const;
  printTable(
    ['adds to an invocation', 'µs of processor', 'µs of clock'],
    rows.map(([name, { cpuUs, wallUs }]) => [
      name,
      short(cpuUs - costs.bare.cpuUs),
      short(wallUs - costs.bare.wallUs),
    ]),
  );

  const [has, lacks] = [await sizeOf([]), await sizeOf([without])];
  printTable(
    ['bundle of sendMessage', 'raw bytes', 'gzip bytes'],
    [
      ['with it', short(has.raw), short(has.gzip)],
      ['without it', short(lacks.raw), short(lacks.gzip)],
      ['adds', short(has.raw - lacks.raw), short(has.gzip - lacks.gzip)],
    ],
  );
  const dollars = ((bytes * 1_000_000) / 2 ** 30) * DOLLARS_A_GIGABYTE;
  console.log(`A line has ${bytes} bytes: $${dollars.toFixed(2)} for a million messages.`);
}

void runProgram(
  createCommand('npm run bench:telemetry --')
    .description(
      'Measure what the log line adds to an invocation of sendMessage: time, and bytes of the bundle and of the log.',
    )
    .action(main),
);
