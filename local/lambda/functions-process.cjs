/** The functions in a process of their own: bundled with the deployment's options, run by serverless-offline. */
const { cpSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { root, directory, cache, awsClients } = JSON.parse(process.argv[2] ?? '{}');

/** What esbuild itself knows of the deployment's options; the rest speaks to the framework's plugin. */
const ESBUILD = ['platform', 'format', 'target', 'mainFields', 'conditions', 'external', 'loader'];

const bundles = path.join(directory, 'handlers');

/** The bundles an earlier start made of the same sources, if there are any. */
function taken() {
  try {
    cpSync(cache, bundles, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

async function bundle() {
  const { build } = require('esbuild');
  const options = Object.entries(require(path.join(root, 'infra/esbuild.js')).bundling(awsClients));
  const handlers = readdirSync(path.join(root, 'handlers')).filter((name) => name.endsWith('.ts'));
  await build({
    ...Object.fromEntries(options.filter(([name]) => ESBUILD.includes(name))),
    absWorkingDir: root,
    entryPoints: handlers.map((name) => `handlers/${name}`),
    outbase: '.',
    outdir: directory,
    bundle: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
  });
}

/** Keeps the bundles for the next start and drops those of other sources. Another start may do the same now. */
function keep() {
  const caches = path.dirname(cache);
  const draft = `${cache}.${process.pid}`;
  try {
    cpSync(bundles, draft, { recursive: true });
    const ofThisKind = new RegExp(`^functions-${awsClients}-\\w+$`);
    for (const name of readdirSync(caches).filter((each) => ofThisKind.test(each)))
      if (name !== path.basename(cache)) rmSync(path.join(caches, name), { recursive: true, force: true });
    renameSync(draft, cache);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The functions' code: each start has a copy of its own. */
async function makeBundles() {
  if (taken()) return;
  await bundle();
  keep();
}

/** A module whose handler runs with the function's own environment, under the name serverless-offline looks for. */
function wrap(name, { handler, environment }) {
  const [file, exported] = handler.split(/\.(?=[^.]*$)/);
  // The operator's own module comes as it is, by its whole path.
  const bundle = path.isAbsolute(file) ? file : path.join(directory, `${file}.js`);
  const made = { bundle, name: exported, environment };
  const runtime = require.resolve('./runtime.cjs');
  const source = `exports.handler = require(${JSON.stringify(runtime)}).isolate(${JSON.stringify(made)});\n`;
  writeFileSync(path.join(directory, `${name}.js`), source);
}

/** As much of the framework as serverless-offline asks for. No events: the gateway in the parent invokes. */
function framework(functions) {
  const service = {
    service: 'edge-chat',
    provider: { name: 'aws', runtime: 'nodejs24.x', region: 'us-east-1' },
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { timeout, memorySize }]) => [
        name,
        { name, handler: `${name}.handler`, timeout, memorySize },
      ]),
    ),
    getAllFunctions: () => Object.keys(functions),
    getFunction: (name) => service.functions[name],
    getAllEventsInFunction: () => [],
  };
  return { service, serviceDir: directory, config: { servicePath: directory, serverlessPath: directory } };
}

async function main() {
  process.setSourceMapsEnabled(true);
  // Nothing else keeps this process alive between the bundles and the message.
  process.channel?.ref();
  const told = new Promise((resolve) => process.once('message', resolve));
  const [functions, { default: ServerlessOffline }] = await Promise.all([
    told,
    import('serverless-offline'),
    makeBundles(),
  ]);

  for (const [name, definition] of Object.entries(functions)) wrap(name, definition);
  const options = {
    host: '127.0.0.1',
    lambdaPort: path.join(directory, 'lambda.sock'),
    useInProcess: true,
    noSponsor: true,
  };
  const quiet = () => {};
  const log = { debug: quiet, error: quiet, info: quiet, notice: quiet, verbose: quiet, warning: quiet };
  await new ServerlessOffline(framework(functions), options, { log }).start();
  process.send?.('ready');

  // On Lambda an uncaught error costs one container and not the stack.
  process.on('uncaughtException', (error) => console.error(error));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
