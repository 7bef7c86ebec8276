/** Words that no page, name or comment uses: each had a private meaning here, or reads as translated. */
export const WORDS = [
  'door',
  'gate',
  'brake',
  'discipline',
  'tally',
  'desk',
  'watched',
  'board',
  'alight',
  'strand',
  'knock',
  'mend',
  'anew',
  'whoever',
];

/** Words that no file is called by. */
export const FILE_NAMES = [...WORDS, 'lookFar', 'world', 'keep', 'later', 'journal', 'settle', 'ahead'];

/** The field's usual names of behaviours, as a part of the path of a product file. */
export const USUAL_NAMES = [
  ...['rateLimit', 'tokenBucket', 'throttle', 'flood', 'slowReader', 'concurrency', 'backoff', 'retry'],
  ...['heartbeat', 'reconnect', 'renewal', 'handshake', 'authorize', 'oidc', 'jwks', 'guest', 'originLock'],
  ...['idempotency', 'duplicate', 'fanOut', 'reorder', 'gap', 'history', 'readPage', 'expiry', 'outbox'],
  ...[
    'presence',
    'draft',
    'typing',
    'unread',
    'links',
    'markdown',
    'permissions',
    'editAndDelete',
    'kick',
    'bans',
    'export',
    'erase',
  ],
  ...[
    'cors',
    'contentSecurityPolicy',
    'serviceWorker',
    'sigV4',
    'rotate',
    'metrics',
    'invocationLog',
    'alarms',
  ],
];

const FORMS = new Set(
  WORDS.flatMap((word) => [word, `${word}s`, `${word}ed`, `${word}ing`, word.replace(/e$/, 'ing')]),
);

/** The words of WORDS in a text, those inside camelCase and snake_case names included. */
export function wordsFound(text: string): string[] {
  const words = text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const found = words.map((word) => word.toLowerCase()).filter((word) => FORMS.has(word));
  return [...found, ...(text.match(/\blookFar\b/g) ?? [])];
}
