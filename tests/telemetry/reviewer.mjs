/** Allows all words but these. */
export async function handler({ text }) {
  if (text === 'no verdict') throw new Error('on purpose');
  return { verdict: 'allow' };
}
