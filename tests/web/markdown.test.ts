import { splitLinks } from '../../web/pure/links';
import { type Markup, parseMarkdown, wordsOf } from '../../web/pure/markdown';
import { mayHaveMarkup } from '../../web/pure/markup';

/** Writes parts as HTML, to be compared. The page makes elements of them and never HTML. */
function html(parts: readonly Markup[]): string {
  const write = (part: Markup): string => {
    if (part.type === 'text') return part.text;
    if (part.type === 'link') return `<a ${part.href}>${part.text}</a>`;
    if (!('parts' in part)) return `<${part.type}>${part.text}</${part.type}>`;
    const { type, start = 1, parts } = part;
    return `<${type}${start > 1 ? ` ${start}` : ''}>${html(parts)}</${type}>`;
  };
  return parts.map(write).join('');
}

describe('markup', () => {
  it.each([
    [
      'bold, italic and strike',
      '**a** __b__ *c* _d_ ~~e~~',
      '<p><strong>a</strong> <strong>b</strong> <em>c</em> <em>d</em> <s>e</s></p>',
    ],
    ['code', 'a `**b** <i>`', '<p>a <code>**b** <i></code></p>'],
    ['a code block', '```js\na **b**\n\n```\nc', '<pre>a **b**\n\n</pre><p>c</p>'],
    ['lists', '- a\n  1. b\n- c', '<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>'],
    ['the number with which a list begins', '7. a', '<ol 7><li>a</li></ol>'],
    ['a quote, which the next line answers', '> a\n> b\nc', '<blockquote><p>a\nb</p></blockquote><p>c</p>'],
    ['a marker that is meant', '\\*a\\*', '<p>*a*</p>'],
    ['lines and paragraphs', '*a*\nb\n\nc', '<p><em>a</em>\nb</p><p>c</p>'],
    [
      'no other Markdown',
      '# a\n---\n[a](javascript:b) ![c](d) <b>e</b> &amp; <http:f>',
      '<p># a\n---\n[a](javascript:b) ![c](d) <b>e</b> &amp; <http:f></p>',
    ],
    [
      'a link with markers in it',
      'https://a.example/b_c_d*e*?f',
      '<p><a https://a.example/b_c_d*e*?f>https://a.example/b_c_d*e*?f</a></p>',
    ],
    [
      'a link in bold',
      '**https://a.example/**',
      '<p><strong><a https://a.example/>https://a.example/</a></strong></p>',
    ],
    ['no link in code', '`https://a.example/`', '<p><code>https://a.example/</code></p>'],
    ['no link that hides its host', '*a* https://b@c.example', '<p><em>a</em> https://b@c.example</p>'],
  ])('has %s', (_name, text, expected) => {
    expect(html(parseMarkdown(text, splitLinks))).toBe(expected);
  });

  it.each([
    ['hello *there*, **you** and `me`', 'hello there, you and me'],
    ['> a\n> b\nc', 'a b c'],
    ['- a\n  1. *b*\n- https://c.example/_d_', 'a b https://c.example/_d_'],
    ['```\na\n```\n\\*b\\*', 'a *b*'],
  ])('leaves its words in one line: %j', (text, words) => {
    expect(wordsOf(parseMarkdown(text, splitLinks))).toBe(words);
  });

  it.each([
    ['quotes', '> '.repeat(2_000)],
    ['lists', '- '.repeat(2_000)],
    ['bold', `${'**a '.repeat(500)}${'a** '.repeat(500)}`],
  ])('shows %s that nest too deep as they are', (_name, text) => {
    expect(html(parseMarkdown(`${text}end`, splitLinks))).toBe(`<p>${text}end</p>`);
  });

  it.each(['*a*', '_a_', '~~a~~', '`a`', '> a', 'a\n- b', '1. a', '2) a', '+ a', '\\_'])(
    'may be in %j',
    (text) => {
      expect(mayHaveMarkup(text)).toBe(true);
    },
  );

  it.each(['Hello, all!', 'https://a.example/', '-1', '1.5', 'a - b'])('is not in %j', (text) => {
    expect(mayHaveMarkup(text)).toBe(false);
    expect(html(parseMarkdown(text, splitLinks)).replace(/<[^>]*>/g, '')).toBe(text);
  });
});
