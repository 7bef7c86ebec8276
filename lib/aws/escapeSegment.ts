/** Escapes everything but RFC 3986's unreserved characters, `/` included. */
export function escapeSegment(text: string): string {
  const escaped = encodeURIComponent(text);
  return LEFT_OVER.test(escaped) ? escaped.replaceAll(ALL_LEFT_OVER, escapeOne) : escaped;
}

/** What encodeURIComponent leaves, and should not. */
const LEFT_OVER = /[!'()*]/;
const ALL_LEFT_OVER = /[!'()*]/g;

function escapeOne(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
