/**
 * Splits a stream of bytes at LF and CRLF only: U+2028, U+2029 and a lone carriage return stay in their line, which
 * `node:readline` would split. Gives `undefined` for a line that is not UTF-8, and drops a byte order mark.
 */
export async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let rest = '';
  for await (const chunk of input) {
    const lines = Buffer.from(chunk).toString('latin1').split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    for (const line of lines) yield decode(line);
  }
  if (rest !== '') yield decode(rest);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a line whose characters stand for its bytes. */
function decode(line: string): string | undefined {
  const bytes = Buffer.from(line.endsWith('\r') ? line.slice(0, -1) : line, 'latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
