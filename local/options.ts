import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface Arguments {
  port: number;
  data?: string;
  quiet: boolean;
  tls?: boolean;
}

export type ParsedArguments = { ok: true; arguments: Arguments } | { ok: false; line: string };

export const USAGE = 'npm start -- [--port 8080] [--data DIR] [--quiet] [--tls]';

/** Reads the command line; what is wrong with it fits a line. */
export function readArguments(args: string[]): ParsedArguments {
  const refuse = (why: string): ParsedArguments => ({ ok: false, line: `${why} Usage: ${USAGE}` });
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        quiet: { type: 'boolean' },
        tls: { type: 'boolean' },
      },
    });
    const { port = '8080', data, quiet = false, tls } = values;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return refuse('--port must be 0 to 65535.');
    if (data === '') return refuse('--data must name a directory.');
    return { ok: true, arguments: { port: Number(port), quiet, ...(data && { data }), ...(tls && { tls }) } };
  } catch (error) {
    return refuse((error as Error).message.split('\n')[0] ?? '');
  }
}
