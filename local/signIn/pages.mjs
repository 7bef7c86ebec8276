/** The people whom the local provider knows, and its plain pages. */

/**
 * Ann moderates every room and has a role. Ben has the permissions of users without the claim, and Cleo may only read.
 */
export const people = [
  { id: 'ann', claims: { name: 'Ann Archer', rooms: '*:rwm', role: 'moderator' } },
  { id: 'ben', claims: { name: 'Ben Baker' } },
  { id: 'cleo', claims: { name: 'Cleo Carter', rooms: '*:r' } },
];

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/**
 * @param {string} title
 * @param {string[]} lines
 * @param {string | typeof people} content HTML, or the people to choose from
 */
export function page(title, lines, content = '') {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{font:1rem/1.5 system-ui;max-width:24rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.5rem}</style>
<h1>${escaped(title)}</h1>${lines.map((line) => `<p>${escaped(line)}</p>`).join('')}
${typeof content === 'string' ? content : choice(content)}</html>`;
}

/** @param {typeof people} all */
const choice = (all) => `<form method="post">
${all.map(({ id, claims }) => `<button name="person" value="${id}">${escaped(claims.name)}</button>`).join('\n')}
<button name="person" value="">Cancel</button></form>`;
