/**
 * Reads the headers of a client's frames, and calls back with each payload's length before the payload has arrived.
 * API Gateway limits single frames, which libraries do not show.
 */
export function frameMeter(onFrame: (payloadBytes: number) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let payloadLeft = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (payloadLeft > 0) {
        const passed = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= passed;
        at += passed;
        continue;
      }

      const missing = headerBytes(header) - header.length;
      const taken = chunk.subarray(at, at + missing);
      header = Buffer.concat([header, taken]);
      at += taken.length;
      if (header.length < headerBytes(header)) continue;

      payloadLeft = payloadBytes(header);
      header = Buffer.alloc(0);
      onFrame(payloadLeft);
    }
  };
}

/** How long the frame's header is, as far as its first two bytes tell: flags, length, extended length, mask. */
function headerBytes(header: Buffer): number {
  if (header.length < 2) return 2;
  const second = header.readUInt8(1);
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function payloadBytes(header: Buffer): number {
  const length = header.readUInt8(1) & 0x7f;
  if (length === 126) return header.readUInt16BE(2);
  if (length === 127) return Number(header.readBigUInt64BE(2));
  return length;
}
