/**
 * Whether an error has this name, by which AWS says what went wrong.
 * @param {unknown} error
 * @param {string} name
 * @returns {error is Error}
 */
const isNamed = (error, name) => error instanceof Error && error.name === name;

module.exports = { isNamed };
