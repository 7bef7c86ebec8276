import { parseServerFrame, type ServerMessage } from '../../lib/protocol';

const MOST_REMEMBERED = 100;

/** Reads frames. One that comes to many clients within a while is read once. */
export function createFrameReader(): (frame: string) => ServerMessage | undefined {
  const read = new Map<string, ServerMessage | undefined>();
  return (frame) => {
    if (!read.has(frame)) {
      if (read.size === MOST_REMEMBERED) read.clear();
      read.set(frame, parseServerFrame(frame));
    }
    return read.get(frame);
  };
}
