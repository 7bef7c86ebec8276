const { writeFileSync } = require('node:fs');
const path = require('node:path');

/**
 * The framework's side of the local stack. Without a parent that asked for it, it does nothing: deploying is not
 * changed by it. It must be the last plugin, so that it finds the functions bundled.
 */
module.exports = class {
  constructor(serverless) {
    this.service = serverless.service;
    this.directory = serverless.serviceDir;
    const run = process.env.EDGE_CHAT_LOCAL && JSON.parse(process.env.EDGE_CHAT_LOCAL);

    if (run?.mode === 'template') this.templateOnly(serverless);
    else if (run?.mode === 'functions') this.functionsOnly(run.directory);
    else this.hooks = { 'before:offline:start:init': () => this.refuse(serverless) };
  }

  refuse(serverless) {
    throw new serverless.classes.Error(
      'Start the local stack with `npm start`: it adds what this one needs.',
      'USE_NPM_START',
    );
  }

  /** The template does not depend on the bundles, so none are made. */
  templateOnly(serverless) {
    const { hooks } = serverless.pluginManager;
    for (const event of [
      'before:package:createDeploymentArtifacts',
      'after:package:createDeploymentArtifacts',
    ])
      hooks[event] = hooks[event]?.filter(({ pluginName }) => pluginName !== 'EsbuildServerlessPlugin') ?? [];
    this.hooks = {
      'before:package:initialize': () => {
        for (const fn of Object.values(this.service.functions)) fn.package = { artifact: __filename };
      },
    };
  }

  /** serverless-offline runs the functions and nothing else: the gateway in the parent is what invokes them. */
  functionsOnly(directory) {
    const build = path.join(directory, 'build');
    this.service.custom['serverless-offline'] = {
      host: '127.0.0.1',
      lambdaPort: path.join(directory, 'lambda.sock'),
      useInProcess: true,
      noSponsor: true,
    };
    this.service.custom.esbuild = {
      ...this.esbuildOptions(),
      minify: false,
      outputWorkFolder: path.relative(this.directory, build),
      watch: { pattern: [], ignore: [] },
    };
    this.hooks = {
      'before:offline:start:init': () => this.prepare(build),
      'before:offline:start:ready': () => this.ready(),
    };
  }

  esbuildOptions() {
    const { config, ...options } = this.service.custom.esbuild ?? {};
    return config ? require(path.join(this.directory, config))({ service: this.service }) : options;
  }

  async prepare(build) {
    const environments = await new Promise((resolve) => process.once('message', resolve));

    for (const [key, fn] of Object.entries(this.service.functions)) {
      const [file, name] = fn.handler.split(/\.(?=[^.]*$)/);
      const bundle = path.join(build, '.build', `${file}.js`);
      const wrapper = path.join(build, '.build', `${key}.js`);
      const environment = environments[fn.name];
      if (!environment) throw new Error(`The template has no function ${fn.name}.`);
      writeFileSync(wrapper, isolated({ bundle, name, environment }));
      fn.handler = `${key}.handler`;
      fn.environment = {};
      fn.events = [];
    }
    this.service.provider.environment = {};
  }

  ready() {
    // The framework would end the process at the first uncaught error; Lambda would only replace the container.
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => console.error(error));
    process.send('ready');
  }
};

/** The source of a module whose handler runs with its own environment. */
const isolated = (handler) =>
  `exports.handler = require(${JSON.stringify(require.resolve('./runtime.cjs'))}).isolate(${JSON.stringify(handler)});`;
