/** How serverless-esbuild makes one file of each handler. */
module.exports = () => ({
  bundle: true,
  minify: true,
  platform: 'node',
  // An ESM bundle fails at its first `require` of a Node module; the AWS SDK has many.
  format: 'cjs',
  // The same file runs on Lambda's Node 24 and, under `sls offline`, on the oldest Node we support.
  target: 'node20',
  // Packages' ES modules first: only those can be tree-shaken, and the bundles are half as large again without.
  mainFields: ['module', 'main'],
  // One of the two posters is in a bundle, the other is not: `POSTER=sdk sls deploy` takes the AWS SDK's.
  define: { 'process.env.POSTER': JSON.stringify(process.env.POSTER ?? 'own') },
  // Ship the SDK that was tested, not the one the runtime happens to have.
  exclude: [],
  // A folder for each process: leftovers of a killed run never reach a zip, and packaging does not pull the
  // files out from under a running `sls offline`.
  outputWorkFolder: `.esbuild/${process.pid}`,
});
