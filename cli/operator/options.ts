import { parseArgs } from 'node:util';
import { parseRoom, parseSeq, ROOM_RULE } from '../../lib/protocol';

/** Which stack's functions are meant. */
export interface Target {
  stage: string;
  region: string | undefined;
}

export type ExportOptions = Target & { room: string; out: string | undefined; after: number | undefined };
export type EraseOptions = Target & ({ room: string } | { user: string }) & { isSure: boolean };

export type Read<T> = { kind: 'run'; options: T } | { kind: 'help' } | { kind: 'wrong'; line: string };

/** The options every operator's command takes. */
export const TARGET = {
  stage: { type: 'string', default: 'dev' },
  region: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads `export ROOM [--out FILE] [--after SEQ]`. */
export function readExportOptions(args: readonly string[]): Read<ExportOptions> {
  return reading<ExportOptions>(() => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...TARGET, out: { type: 'string' }, after: { type: 'string' } },
    });
    if (values.help) return { kind: 'help' };
    const room = parseRoom(positionals[0]);
    if (room === undefined || positionals.length > 1) return wrong(`Name one room. ${ROOM_RULE}`);
    const after = values.after === undefined ? undefined : parseSeq(Number(values.after));
    if (values.after !== undefined && after === undefined)
      return wrong('--after must be a whole number, 0 or more.');
    const { stage, region, out } = values;
    return { kind: 'run', options: { stage, region, room, out, after } };
  });
}

/** Reads `erase (--room ROOM | --user ID) --yes`. */
export function readEraseOptions(args: readonly string[]): Read<EraseOptions> {
  return reading<EraseOptions>(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...TARGET,
        room: { type: 'string' },
        user: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const { stage, region, user, yes: isSure } = values;
    if ((values.room === undefined) === (user === undefined)) return wrong('Give either --room or --user.');
    if (user !== undefined)
      return user === ''
        ? wrong('--user is empty.')
        : { kind: 'run', options: { stage, region, user, isSure } };
    const room = parseRoom(values.room);
    return room === undefined
      ? wrong(`--room: ${ROOM_RULE}`)
      : { kind: 'run', options: { stage, region, room, isSure } };
  });
}

/** Reads options; what `parseArgs` throws is told in a line. */
export function reading<T>(read: () => Read<T>): Read<T> {
  try {
    return read();
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

export function wrong(line: string): { kind: 'wrong'; line: string } {
  return { kind: 'wrong', line: `${line} --help says more.` };
}
