/**
 * How serverless-esbuild makes one file of each handler. The parameter `awsClients` chooses which of the two modules
 * that package.json names for `#awsClients` is in the bundles: our own AWS clients, or those of the AWS SDK.
 * @param {string} awsClients
 * @returns {import('esbuild').BuildOptions & { exclude: string[], outputWorkFolder: string }}
 */
const bundling = (awsClients) => ({
  bundle: true,
  minify: true,
  platform: 'node',
  // An ESM bundle fails at its first `require` of a Node module; the AWS SDK has many.
  format: 'cjs',
  // The same file runs on Lambda's Node 24 and, under `sls offline`, on the oldest Node we support.
  target: 'node20',
  // Packages' ES modules first: only those can be tree-shaken, and the bundles are half as large again without.
  mainFields: ['module', 'main'],
  // `module` is esbuild's own condition as long as there are no others.
  conditions: ['module', `awsClients=${awsClients}`],
  // Ship the SDK that was tested, not the one the runtime happens to have.
  exclude: [],
  // Each process has its own folder. Files of a killed run never reach a zip, and packaging does not remove the files
  // of a running `sls offline`.
  outputWorkFolder: `.esbuild/${process.pid}`,
});

module.exports = Object.assign(({ service }) => bundling(service.custom.parameters.awsClients), { bundling });
