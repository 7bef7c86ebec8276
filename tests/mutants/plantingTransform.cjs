const { createHash } = require('node:crypto');
const { createTransformer } = require('@swc/jest');

const { MUTANT } = process.env;
/** @type {{ path: string, start: number, end: number, replacement: string } | undefined} */
const mutant = MUTANT ? JSON.parse(MUTANT) : undefined;

/** Transforms sources as the other tests do, and plants the mistake that the environment names. */
module.exports = {
  /** @param {import('@swc/core').Options} options */
  createTransformer(options) {
    const inner = createTransformer(options);
    /** @type {(source: string, path: string) => string} */
    const planted = (source, path) =>
      mutant?.path === path
        ? source.slice(0, mutant.start) + mutant.replacement + source.slice(mutant.end)
        : source;
    return {
      ...inner,
      /** @type {NonNullable<typeof inner.process>} */
      process: (source, path, ...rest) => inner.process(planted(source, path), path, ...rest),
      /** @type {NonNullable<typeof inner.getCacheKey>} */
      getCacheKey: (source, path, ...rest) =>
        createHash('sha256')
          .update(inner.getCacheKey(planted(source, path), path, ...rest))
          .digest('hex'),
    };
  },
};
