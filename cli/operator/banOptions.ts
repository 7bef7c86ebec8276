import { parseArgs } from 'node:util';
import { MAX_BAN_MS, parseRoom, parseUserId, ROOM_RULE } from '../../lib/protocol';
import { type Read, reading, TARGET, type Target, wrong } from './options';

export type BanOptions = Target & { user: string; room: string | undefined; forMs: number | undefined };

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `ban USER [--room ROOM] [--for TIME]`, or the same of `unban`, which takes no time. */
export function readBanOptions(order: 'ban' | 'unban', args: readonly string[]): Read<BanOptions> {
  return reading<BanOptions>(() => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...TARGET, room: { type: 'string' }, for: { type: 'string' } },
    });
    if (values.help) return { kind: 'help' };
    const user = parseUserId(positionals[0]);
    if (user === undefined || positionals.length > 1) return wrong('Name one user, by the id.');
    const { stage, region, room, for: time } = values;
    if (room !== undefined && parseRoom(room) === undefined) return wrong(`--room: ${ROOM_RULE}`);
    if (order === 'unban' && time !== undefined) return wrong('unban takes no --for.');
    const forMs = time === undefined ? undefined : parseTime(time);
    if (time !== undefined && forMs === undefined)
      return wrong('--for must be a time such as 90s, 15m, 2h or 30d, 365d at most.');
    return { kind: 'run', options: { stage, region, user, room, forMs } };
  });
}

function parseTime(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  return ms <= MAX_BAN_MS ? ms : undefined;
}
