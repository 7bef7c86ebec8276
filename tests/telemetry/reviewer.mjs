/** Holds or fails on purpose, and allows all other words. */
export async function handler({ text }) {
  if (text === 'no verdict') throw new Error('on purpose');
  return { verdict: text === 'hold this' ? 'hold' : 'allow' };
}
