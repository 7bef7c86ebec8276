import fc from 'fast-check';
import { splitLinks } from '../../web/pure/links';

const hrefs = (text: string) =>
  splitLinks(text).flatMap((piece) => (piece.type === 'link' ? piece.href : []));

describe('links in a text', () => {
  it.each([
    ['a bare address', 'https://example.com', ['https://example.com/']],
    ['one inside a sentence', 'see https://example.com/a?b=c#d, please.', ['https://example.com/a?b=c#d']],
    ['one in brackets', '(https://example.com/a)', ['https://example.com/a']],
    ['brackets of its own', 'https://en.wikipedia.org/wiki/A_(b)', ['https://en.wikipedia.org/wiki/A_(b)']],
    ['two of them', 'http://a.example http://b.example', ['http://a.example/', 'http://b.example/']],
    ['upper case', 'HTTPS://EXAMPLE.COM/A', ['https://example.com/A']],
    [
      'an apostrophe of its own',
      "https://en.wikipedia.org/wiki/Devil's_advocate",
      ["https://en.wikipedia.org/wiki/Devil's_advocate"],
    ],
    [
      'one in quotation marks',
      "'https://a.example/b' “https://a.example”",
      ['https://a.example/b', 'https://a.example/'],
    ],
    ['one in Chinese', '请看https://example.com。谢谢', ['https://example.com/']],
    [
      'one before wide brackets',
      'https://example.com/docs（中文说明）了解更多',
      ['https://example.com/docs'],
    ],
    [
      'a Chinese path',
      'https://zh.wikipedia.org/wiki/中文',
      [`https://zh.wikipedia.org/wiki/${encodeURI('中文')}`],
    ],
    [
      'a Persian path with a joiner',
      'https://fa.wikipedia.org/wiki/نیم\u200cفاصله',
      [`https://fa.wikipedia.org/wiki/${encodeURI('نیم\u200cفاصله')}`],
    ],
    [
      'a port and an address of IPv6',
      'http://localhost:8230/a http://[::1]:80/',
      ['http://localhost:8230/a', 'http://[::1]/'],
    ],
    ['one in pointed brackets', '<https://example.com>', ['https://example.com/']],
    ['one before a colon', 'https://example.com: look', ['https://example.com/']],
    ['one beside other scripts', 'schau: https://exämple.de/ü', ['https://xn--exmple-cua.de/%C3%BC']],
  ])('finds %s', (_name, text, found) => {
    expect(hrefs(text)).toEqual(found);
  });

  it.each([
    ['javascript:', 'javascript:alert(1)'],
    ['javascript: behind a line break', 'java\nscript:alert(1)'],
    ['data:', 'data:text/html,<script>alert(1)</script>'],
    ['a host hidden behind a user name', 'https://bank.example@evil.example/'],
    ['a password', 'https://bank.example:pw@evil.example/'],
    ...['∕', '⁄', '⧸', '⟋', '╱', '⫻'].map((slash) => [
      `a host with ${slash}, which looks like a slash`,
      `https://bank.example${slash}login.evil.example/`,
    ]),
    ['a host with an invisible character', 'https://bank\u200b.example'.replace('.example', '@evil.example')],
    ['a word that ends in http', 'xhttp://example.com'],
    ['no host', 'https://'],
    ['a broken host', 'https://[::1'],
  ])('leaves %s as text', (_name, text) => {
    expect(splitLinks(text)).toEqual([{ type: 'text', text }]);
  });

  it('ends an address at a direction override, which could make it read as another', () => {
    expect(splitLinks('https://example.com/\u202egpj.exe')).toEqual([
      { type: 'link', text: 'https://example.com/', href: 'https://example.com/' },
      { type: 'text', text: '\u202egpj.exe' },
    ]);
  });

  it('never loses or adds a character, and opens http and https only', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('https://', 'http://a.b', 'javascript:', '(', ')', '.', ' ', '\n', '@', '\u202e'),
    );

    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const pieces = splitLinks(text);

        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const href of hrefs(text)) expect(href).toMatch(/^https?:\/\//);
      }),
    );
  });
});
