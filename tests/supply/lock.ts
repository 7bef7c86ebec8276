/** What `package.json` says, as far as it matters here. */
export interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  overrides: Record<string, string>;
  /** Packages with a script that runs while they are installed, and whether it may. */
  allowScripts: Record<string, boolean>;
}

interface Locked {
  /** The package's own name, where it is installed under another. */
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  license?: string;
}

/** What `package-lock.json` says. */
export interface Lock {
  lockfileVersion: number;
  packages: Record<string, Locked> & { '': Partial<Manifest> };
}

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REGISTRY = 'https://registry.npmjs.org/';

/** Tells what is wrong with the locked packages: nothing, when the list is empty. */
export function problemsWithLock(manifest: Manifest, lock: Lock): string[] {
  const { '': root, ...packages } = lock.packages;
  const named = [
    ...KINDS.flatMap((kind) => Object.entries(manifest[kind])),
    ...Object.entries(manifest.overrides),
  ];
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const listed = Object.keys(manifest.allowScripts);

  return [
    ...(lock.lockfileVersion === 3 ? [] : [`the lock is of version ${lock.lockfileVersion}`]),
    ...named.filter(([, version]) => !EXACT.test(version)).map(([name]) => `${name} has no exact version`),
    ...KINDS.filter(
      (kind) => JSON.stringify(sorted(root[kind])) !== JSON.stringify(sorted(manifest[kind])),
    ).map((kind) => `the lock has other ${kind}`),
    ...Object.entries(packages).flatMap(([folder, locked]) => problemsWith(folder, locked)),
    ...scripted
      .map(([folder]) => nameIn(folder))
      .filter((name) => !listed.includes(name))
      .map((name) => `${name} runs a script while it is installed, and nobody said whether it may`),
    ...listed
      .filter((name) => !scripted.some(([folder]) => nameIn(folder) === name))
      .map((name) => `${name} runs no script while it is installed: it need not be listed`),
  ];
}

/** A package is what the registry gave when it was locked, to the bit. */
function problemsWith(folder: string, { version, resolved, integrity, link, license }: Locked): string[] {
  // Where no address is named it is the registry of the user that installs, and the hash decides.
  const isElsewhere = link || (resolved !== undefined && !resolved.startsWith(REGISTRY));
  return [
    ...(isElsewhere ? [`${folder} comes from ${resolved ?? 'a link'}`] : []),
    ...(SHA512.test(integrity ?? '') ? [] : [`${folder} has no SHA-512`]),
    ...(EXACT.test(version ?? '') ? [] : [`${folder} has the version ${version}`]),
    ...(license ? [] : [`${folder} names no licence`]),
  ];
}

const sorted = (record: Record<string, string> = {}) => Object.entries(record).sort();

/** The name a package is installed under. */
export const nameIn = (folder: string) => folder.replace(/^.*node_modules\//, '');
