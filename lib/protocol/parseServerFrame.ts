import { featureFrames } from './featureFrames';
import { listFrames } from './listFrames';
import { CORE_FRAMES, type FrameShapes, parseFrame } from './parseFrame';
import type { ServerMessage } from './serverFrames';

const ALL_FRAMES = /* @__PURE__ */ allFrames();

/** Parses a frame from the server, of any type. Returns `undefined` for a frame to ignore. Never throws. */
export function parseServerFrame(frame: string): ServerMessage | undefined {
  return parseFrame(frame, ALL_FRAMES);
}

function allFrames(): FrameShapes {
  return { ...CORE_FRAMES, ...featureFrames(), ...listFrames() };
}
