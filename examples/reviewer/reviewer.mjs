const MASKED = /\b(?:damn|heck)\b/gi;
const LINK = /https?:\/\//i;

/** Reviews the words of a message or an edit before anybody sees them: a guest sends no links. */
export async function handler({ from, text }) {
  if (from.id.startsWith('guest:') && LINK.test(text))
    return { verdict: 'deny', reason: 'Guests cannot send links.' };
  const masked = text.replace(MASKED, (word) => '*'.repeat(word.length));
  return masked === text ? { verdict: 'allow' } : { verdict: 'replace', text: masked };
}
