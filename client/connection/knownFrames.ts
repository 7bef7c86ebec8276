import { CORE_FRAMES, type FrameShapes } from '../../lib/protocol';

/** The frames that clients read; all others are ignored. `edge-chat/requests` adds those of the features. */
export const knownFrames: FrameShapes = { ...CORE_FRAMES };
