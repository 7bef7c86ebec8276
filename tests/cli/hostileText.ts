/** What a terminal would obey, reorder by, or hide. Tabs and line breaks are meant. */
export const UNSAFE_OUTPUT =
  /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u115f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]/u;

/** Texts that attack a terminal or its reader, one a kind. */
export const HOSTILE_TEXTS = [
  '\u001b[2J\u001b[Hcleared',
  '\u001b]0;title\u0007\u001b]52;c;Y29weQ==\u0007',
  '\u009b31mred\u009c',
  'first\rsecond\u0008\u007f',
  '\u202eesrever\u202c \u2066isolated\u2069 \u200f\u061c',
  'zero\u200bwidth\u2060joined\ufeff',
  '\u{e0001}\u{e0068}\u{e0069}',
  'two\u2028lines\u2029three',
  'blank\u3164\u115f\uffa0\u2800',
  'soft\u00adhyphen',
];
export const HOSTILE = HOSTILE_TEXTS.join(' ');
