import type { Duplex, Transform } from 'node:stream';

/** The two ends of an upgraded connection, with what each side had already sent. */
export interface Ends {
  viewer: Duplex;
  origin: Duplex;
  fromViewer: Buffer;
  fromOrigin: Buffer;
}

/** Stands between the two ends: it may change, delay or drop bytes, and `cut` ends both sides at once. */
export type Tunnel = (cut: () => void) => { toOrigin?: Transform; toViewer?: Transform };

/** Carries bytes both ways until one side ends, or none has come from the origin for too long. */
export function tunnel(ends: Ends, idleMs: number, between: Tunnel = () => ({})): void {
  const { viewer, origin } = ends;
  const cut = () => {
    viewer.destroy();
    origin.destroy();
  };
  const idle = setTimeout(cut, idleMs);
  const { toOrigin, toViewer } = between(cut);

  origin.on('data', () => idle.refresh());
  carry(viewer, origin, ends.fromViewer, toOrigin);
  carry(origin, viewer, ends.fromOrigin, toViewer);
  for (const end of [viewer, origin]) end.on('error', cut).once('close', () => clearTimeout(idle));
}

function carry(from: Duplex, to: Duplex, head: Buffer, through?: Transform): void {
  const sink = through ?? to;
  if (head.length > 0) sink.write(head);
  if (through) through.pipe(to);
  from.pipe(sink);
  // A side that ended in order has passed that on by the pipe, behind its last bytes.
  from.once('close', () => from.readableEnded || to.destroy());
}
