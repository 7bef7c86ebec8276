import { Transform } from 'node:stream';
import type { Tunnel } from '../../local/cloudfront/tunnel';
import { type Random, whole } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';

/** A socket's fate comes after so many bytes, both ways together. */
const BYTES = { from: 1, to: 60_000 };
const SLOW_BYTES_A_SECOND = 2_000;

/** The network between the clients and the edge. */
export interface Tunnels {
  tunnel: Tunnel;
  /** Cuts every socket at once; tells how many there were. */
  cutAll(): number;
}

type Fate = 'socketReset' | 'socketBlackholed' | 'socketSlow' | 'none';

/** Sockets that are reset at any byte, that lead nowhere from some byte on, or that are read slowly. */
export function faultyTunnels(dice: Dice, random: Random, timers: Timers): Tunnels {
  const open = new Set<() => void>();

  const draw = (): Fate => {
    for (const fate of ['socketReset', 'socketBlackholed', 'socketSlow'] as const)
      if (dice.draws(fate)) return fate;
    return 'none';
  };

  const tunnel: Tunnel = (cut) => {
    const fate = draw();
    let bytesLeft = fate === 'none' ? Number.POSITIVE_INFINITY : whole(random, BYTES.from, BYTES.to);
    let isStruck = false;
    dice.count('socket');
    const end = (): void => {
      open.delete(end);
      cut();
    };
    open.add(end);

    /** Tells how many of these bytes still come before the socket's fate. */
    const take = (bytes: number): number => {
      const passed = Math.min(bytes, bytesLeft);
      bytesLeft -= passed;
      if (passed < bytes && !isStruck && !dice.isStopped) {
        isStruck = true;
        dice.count(fate);
      }
      return passed;
    };

    const between = (isToViewer: boolean): Transform =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          const passed = take(chunk.length);
          const isWhole = !isStruck || fate === 'none';
          if (isWhole) return done(null, chunk);
          if (fate === 'socketSlow') {
            if (!isToViewer || dice.isStopped) return done(null, chunk);
            return timers.after((chunk.length / SLOW_BYTES_A_SECOND) * 1000, () => done(null, chunk));
          }
          if (passed > 0) this.push(chunk.subarray(0, passed));
          // The bytes before go out first: a frame is torn in the middle.
          if (fate === 'socketReset') setImmediate(end);
          done();
        },
        destroy(error, done) {
          open.delete(end);
          done(error);
        },
      });
    return { toOrigin: between(false), toViewer: between(true) };
  };

  return {
    tunnel,
    cutAll() {
      const all = [...open];
      for (const end of all) end();
      return all.length;
    },
  };
}
