const { accepted } = require('./parameters/accepted');

/**
 * @param {Record<string, string>} given
 * @returns {any} the same with the defaults of the parts of `hardened`
 */
function withDefaults(given) {
  const kind = given.hardened === 'on' ? 'hardened' : 'usual';
  /** @type {[string, import('./types').Accepted][]} */
  const entries = Object.entries(accepted);
  return Object.fromEntries(
    entries.map(([name, { defaults }]) => [name, given[name] || (defaults?.[kind] ?? '')]),
  );
}

/**
 * The parameters of this run.
 * @param {import('./types').Context} context
 * @returns {Promise<import('./types').Parameters>}
 */
async function parameters({ resolveVariable }) {
  const values = Object.keys(accepted).map(async (name) => [
    name,
    String((await resolveVariable(`param:${name}`)) ?? ''),
  ]);
  return withDefaults(Object.fromEntries(await Promise.all(values)));
}

module.exports = parameters;
