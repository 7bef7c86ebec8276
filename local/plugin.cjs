const { spawn } = require('node:child_process');
const path = require('node:path');
const table = require('./startOptions.json');

/** Options of `npm start` as the framework declares options; those that it declares itself left out. */
const { stage: _stage, param: _param, help: _help, ...own } = table;
const declared = Object.fromEntries(
  Object.entries(own).map(([name, { type, usage }]) => [name, { type, usage }]),
);

/** Options of `sls offline` under the names that `npm start` has for them. */
const NAMES = { httpPort: 'port', ...Object.fromEntries(Object.keys(table).map((name) => [name, name])) };

/**
 * The local stack's part in the framework: `sls offline` starts the stack as `npm start` does.
 * The inner run that compiles the template (EDGE_CHAT_LOCAL is set) makes no bundles. Deploying is not changed.
 */
module.exports = class {
  constructor(serverless, options) {
    this.serverless = serverless;
    if (process.env.EDGE_CHAT_LOCAL) {
      this.hooks = { 'before:package:initialize': () => this.withoutBundles() };
      this.withoutState();
      return;
    }
    const start = () => this.start(options);
    this.commands = { offline: { options: declared, commands: { start: { options: declared } } } };
    this.hooks = { 'offline:start': start, 'offline:start:init': start };
    this.replaceOffline();
  }

  /** Takes away what other plugins do at `sls offline`: the local stack bundles and serves by itself. */
  replaceOffline() {
    const { hooks } = this.serverless.pluginManager;
    for (const event of Object.keys(hooks))
      if (/^((before|after):)?offline:/.test(event)) delete hooks[event];
  }

  /** Runs `npm start` with these options until it ends. */
  async start(options) {
    const given = Object.entries(options).filter(
      ([, value]) => value !== undefined && value !== null && value !== false,
    );
    const ignored = given.filter(([name]) => !(name in NAMES)).map(([name]) => `--${name}`);
    if (ignored.length > 0) console.error(`The local stack ignores ${ignored.join(', ')}.`);

    const args = given.flatMap(([name, value]) => (name in NAMES ? argumentsOf(NAMES[name], value) : []));
    const child = spawn(process.execPath, [path.join(__dirname, 'start.cjs'), ...args], {
      cwd: this.serverless.serviceDir,
      stdio: 'inherit',
    });
    // A terminal sends Ctrl-C to both processes. Every other signal reaches only this one.
    process.on('SIGINT', () => {});
    /** @type {NodeJS.Signals[]} */
    const passed = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of passed) process.on(signal, () => child.kill(signal));
    process.exitCode = await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  }

  withoutBundles() {
    for (const fn of Object.values(this.serverless.service.functions)) fn.package = { artifact: __filename };
  }

  /** Leaves out the record of the service for a later deploy: it takes a fifth of the time. */
  withoutState() {
    const { plugins } = this.serverless.pluginManager;
    const framework = plugins.find((plugin) => plugin.constructor.name === 'AwsPackage');
    framework.saveServiceState = async () => {};
  }
};

/** An option as arguments: a flag, or the option once for each value. */
function argumentsOf(name, value) {
  if (value === true) return [`--${name}`];
  return [value].flat().map((each) => `--${name}=${each}`);
}
