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
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

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
  ['a hidden file', '.htaccess', 'htaccess'],
  ['an end that looks like another', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['a line of a header', 'a"\r\nContent-Type: text/html\r\n\r\n.png', 'html.png'],
  ['a null byte', 'page.html\0.png', 'page.html.png'],
  ['a terminal sequence', '\u001b]0;title\u0007.txt', ']0;title.txt'],
  ['nothing that is visible', '\u2066\u2069', 'file'],
];
