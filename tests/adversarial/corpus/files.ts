import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** A file that a hostile user uploads. */
export interface HostileFile {
  what: string;
  name: string;
  type: string;
  content: Buffer;
}

/** What each tries to run. The test gives every page the function. */
const RUN = "executed('ran')";
const SCRIPT = `<script>${RUN}</script>`;
const HTML = `<!doctype html><title>x</title>${SCRIPT}<img src=x onerror="${RUN}">`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}">${SCRIPT}</svg>`;
const XHTML = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`;
const PDF = `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(${RUN})>>>>endobj\n%%EOF`;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** A picture of less than a megabyte: decoded it would take 3.6 GB. */
const BOMB = bombOf(30_000, 30_000);
const JPEG_COMMENT = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xfe]),
  Buffer.from([(HTML.length + 2) >> 8, (HTML.length + 2) & 0xff]),
  Buffer.from(HTML),
  Buffer.from([0xff, 0xd9]),
]);
const XSLT = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><!DOCTYPE d [<!ATTLIST xsl:stylesheet id ID #REQUIRED>]><d><xsl:stylesheet id="s" version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html></xsl:template></xsl:stylesheet></d>`;
const ENTITIES = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(50)}"><!ENTITY c "${'&b;'.repeat(50)}">]><svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><text>&c;</text></svg>`;
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
const MHTML = [
  'MIME-Version: 1.0',
  'Content-Type: multipart/related; boundary=b; type="text/html"',
  '',
  '--b',
  'Content-Type: text/html',
  'Content-Location: http://127.0.0.1/',
  '',
  HTML,
  '--b--',
].join('\r\n');

/** A black PNG. Its rows are one packed megabyte, repeated. */
function bombOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const megabyte = deflateRawSync(Buffer.alloc(1024 ** 2), { finishFlush: constants.Z_FULL_FLUSH });
  const count = Math.ceil((height * (width + 1)) / 1024 ** 2);
  const end = Buffer.from([0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
  // The checksum (Adler-32) of zeros.
  end.writeUInt16BE((count * 1024 ** 2) % 65_521, 2);
  const rows = Buffer.concat([Buffer.from([0x78, 0xda]), ...Array(count).fill(megabyte), end]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

type Row = [what: string, name: string, type: string, content: string | Buffer];

const CONTENTS: Row[] = [
  ['HTML', 'page.html', 'text/html', HTML],
  ['HTML with a byte order mark', 'marked.htm', 'text/html', `\ufeff${HTML}`],
  ['XHTML', 'page.xhtml', 'application/xhtml+xml', XHTML],
  ['XML with a style sheet', 'page.xml', 'text/xml', `<?xml-stylesheet href="data:text/xsl,x"?>${XHTML}`],
  ['SVG', 'drawing.svg', 'image/svg+xml', SVG],
  ['SVG in HTML', 'foreign.svg', 'image/svg+xml', `${SVG}${HTML}`],
  ['PDF with a script', 'form.pdf', 'application/pdf', PDF],
  ['PDF that is HTML', 'both.pdf', 'application/pdf', `${PDF}\n${HTML}`],
  ['script', 'code.js', 'text/javascript', RUN],
  ['script as JSON', 'data.json', 'application/json', RUN],
  ['MHTML', 'mail.mht', 'multipart/related', `Content-Type: text/html\n\n${HTML}`],
  ['message', 'mail.eml', 'message/rfc822', `Content-Type: text/html\n\n${HTML}`],
  ['style sheet', 'style.css', 'text/css', '@import "javascript:executed(1)";'],
  ['manifest', 'app.webmanifest', 'application/manifest+json', '{"start_url":"javascript:executed(1)"}'],
  ['HTML as text', 'note.txt', 'text/plain', HTML],
  ['HTML as PNG', 'wrong.png', 'image/png', HTML],
  ['SVG as JPEG', 'wrong.jpg', 'image/jpeg', SVG],
  ['HTML as WebP', 'wrong.webp', 'image/webp', HTML],
  ['PNG and HTML', 'both.png', 'image/png', Buffer.concat([PNG, Buffer.from(HTML)])],
  ['GIF and script', 'both.gif', 'image/gif', Buffer.concat([GIF, Buffer.from(`=1;${RUN}`)])],
  ['SVG, packed (SVGZ)', 'packed.svgz', 'image/svg+xml', gzipSync(SVG)],
  ['XML with XSLT of its own', 'styled.xml', 'application/xml', XSLT],
  ['SVG whose entities multiply', 'laughs.svg', 'image/svg+xml', ENTITIES],
  ['MHTML of another page', 'other.mhtml', 'multipart/related', MHTML],
  ['PNG that claims 900 million pixels', 'bomb.png', 'image/png', BOMB],
  ['JPEG with HTML in its comment', 'comment.jpg', 'image/jpeg', JPEG_COMMENT],
  ['ZIP and HTML', 'both.zip', 'application/zip', Buffer.concat([EMPTY_ZIP, Buffer.from(HTML)])],
  [
    'shortcut to a script',
    'open.url',
    'application/internet-shortcut',
    `[InternetShortcut]\nURL=javascript:${RUN}`,
  ],
  ['HTML of an unknown type', 'what.bin', 'application/octet-stream', HTML],
  ['HTML of a type without a meaning', 'what.x', 'x/x', HTML],
];

/** Files that the server takes: what it holds is their sender's business. */
export const HOSTILE_CONTENTS: readonly HostileFile[] = CONTENTS.map(([what, name, type, content]) => ({
  what,
  name,
  type,
  content: Buffer.from(content),
}));

/** Names that lie about the place or the end of a file. */
export const HOSTILE_NAMES: readonly (readonly [what: string, name: string, fit: string])[] = [
  ['a path', '../../etc/passwd', 'passwd'],
  ['a path of Windows', 'C:\\Windows\\start.bat', 'start.bat'],
  ['a dot before it (a hidden file)', '.htaccess', 'htaccess'],
  ['an ending that a right-to-left mark disguises', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['a line break and a header line', 'a"\r\nContent-Type: text/html\r\n\r\n.png', 'html.png'],
  ['a null byte', 'page.html\0.png', 'page.html.png'],
  ['a terminal sequence', '\u001b]0;title\u0007.txt', ']0;title.txt'],
  ['nothing that is visible', '\u2066\u2069', 'file'],
];
