/**
 * Builds the package after an installation, so that another project can install this folder or the git repository.
 * An installation without development packages has no compiler, and needs no package.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function isInstalled(name) {
  try {
    return require.resolve(name) !== '';
  } catch {
    return false;
  }
}

if (isInstalled('esbuild') && isInstalled('typescript/package.json')) {
  const { buildPackage } = await import('./buildPackage.mjs');
  await buildPackage();
}
