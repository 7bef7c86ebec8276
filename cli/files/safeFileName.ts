import { fitName } from '../../client/files/fitForServer';

/** File systems take 255 bytes; the number of a copy comes besides. */
const MAX_BYTES = 200;
const FORBIDDEN_IN_WINDOWS = /[<>:"|?*]/g;
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name for a foreign file on this disk: no path, nothing hidden, no device, and no option of a command. */
export function safeFileName(name: string): string {
  const characters = [...fitName(name).replace(FORBIDDEN_IN_WINDOWS, '_').replace(/^-/, '_')];
  while (/^[. ]$/.test(characters.at(-1) ?? '')) characters.pop();
  while (Buffer.byteLength(characters.join('')) > MAX_BYTES) characters.splice(-20, 1);
  const fit = characters.join('') || 'file';
  return DEVICE.test(fit) ? `_${fit}` : fit;
}
