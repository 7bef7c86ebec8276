import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accepted } from '../infra/parameters/accepted';
import { problems, refusal } from '../infra/parameters/problems';
import { reviewParameters } from './lambda/localReviewer';
import { signInParameters } from './signIn/provider';
import table from './startOptions.json';

/** What `npm start` was asked for. */
export interface StartOptions {
  port: number;
  host: string;
  tls: boolean;
  /** Directory of the data; in memory unless given. */
  data?: string | undefined;
  stage: string;
  /** Parameters of the stack by name. */
  params: Record<string, string>;
  /** Whether an identity provider runs beside the stack. */
  signIn: boolean;
  /** Module that reviews messages and edits. */
  reviewer?: string | undefined;
  quiet: boolean;
}

export type CommandLine =
  | { kind: 'start'; options: StartOptions }
  | { kind: 'help'; text: string }
  | { kind: 'wrong'; line: string };

/** Reads the arguments of `npm start`. Every problem fits one line. */
export function readCommandLine(args: string[]): CommandLine {
  const wrong = (problem: string): CommandLine => ({
    kind: 'wrong',
    line: `${problem} \`npm start -- --help\` lists the options.`,
  });
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        tls: { type: 'boolean', default: false },
        data: { type: 'string' },
        stage: { type: 'string', default: 'dev' },
        param: { type: 'string', multiple: true, default: [] },
        'sign-in': { type: 'boolean', default: false },
        reviewer: { type: 'string' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { port, host, tls, data, stage, param, reviewer, quiet, help, 'sign-in': signIn } = values;
    if (help) return { kind: 'help', text: helpText() };
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return wrong('--port must be 0 to 65535.');
    if (!/^[\w.:-]+$/.test(host)) return wrong('--host must be an address such as 0.0.0.0.');
    if (data === '') return wrong('--data must name a directory.');
    if (reviewer !== undefined && !existsSync(reviewer)) return wrong('--reviewer must name a file.');
    if (param.some((pair) => !pair.includes('='))) return wrong('--param must be NAME=VALUE.');

    const params = Object.fromEntries(param.map(nameAndValue));
    const ownParameters = {
      '--sign-in': signIn ? signInParameters(params.oidcToken) : {},
      '--reviewer': reviewer === undefined ? {} : reviewParameters,
    };
    for (const [option, own] of Object.entries(ownParameters)) {
      const twice = Object.keys(own).find((name) => name in params);
      if (twice !== undefined) return wrong(`${option} sets ${twice} itself.`);
    }
    const found = problems(Object.assign({}, params, ...Object.values(ownParameters)), { stage });
    if (found.length > 0) return { kind: 'wrong', line: refusal(found) };
    const options = { port: Number(port), host, tls, stage, params, signIn, reviewer, quiet, data };
    return { kind: 'start', options };
  } catch (error) {
    // parseArgs explains positional arguments over several lines.
    return wrong((error as Error).message.split(/\.? To specify|\n/)[0]?.replace(/\.?$/, '.') ?? '');
  }
}

function nameAndValue(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

const HELP_COLUMNS = 90;

function helpText(): string {
  const rows = Object.entries(table).map(([name, option]) => ({
    left: `  --${name}${'value' in option ? ` ${option.value}` : ''}`,
    usage: option.usage,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return [
    'Runs the whole stack on this machine. `npx sls offline` takes the same options.',
    '',
    'npm start -- [options]',
    '',
    ...rows.map(({ left, usage }) => left.padEnd(width) + usage),
    '',
    'Parameters:',
    ...wrapped(Object.keys(accepted)),
  ].join('\n');
}

/** Words in indented lines of a readable length. */
function wrapped(words: string[]): string[] {
  const lines = [' '];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > HELP_COLUMNS) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
