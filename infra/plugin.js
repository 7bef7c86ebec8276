const { tooLarge } = require('./environments');
const { withoutFunctions } = require('./grants');
const { problems, refusal } = require('./parameters/problems');

// The SDK, here and in the framework, would print a warning about Node 20 in the middle of a deployment.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The project's part in the framework: what is checked before packaging, and what deploying adds to the stack. */
module.exports = class {
  /** @type {import('./deploy') | undefined} */
  deployment;

  /**
   * @param {import('./types').Serverless} serverless
   * @param {import('./types').Options} options
   * @param {import('./types').Writers} writers
   */
  constructor(serverless, options, writers) {
    this.serverless = serverless;
    // Loaded only by the commands that need it: it brings the AWS SDK along.
    const deployment = () => {
      const Deployment = require('./deploy');
      this.deployment ??= new Deployment(serverless, options, writers);
      return this.deployment;
    };
    const deploys = () => serverless.processedInput.commands.join(' ') === 'deploy';

    this.commands = {
      remove: {
        options: {
          'delete-messages': { usage: 'Delete the messages too, for good', type: 'boolean' },
        },
      },
      'web-acl': {
        usage: 'Make the web ACL of a stack outside us-east-1, and print its ARN',
        lifecycleEvents: ['make'],
      },
      rotate: {
        usage: 'Give the stack a new origin secret, with no refused handshake',
        lifecycleEvents: ['rotate'],
        options: {
          finish: { usage: 'Finish a rotation that CloudFront did not learn of', type: 'boolean' },
        },
      },
    };

    this.hooks = {
      'before:package:initialize': async () => {
        this.check();
        if (deploys()) await deployment().prepare();
      },
      // Again, for `deploy --package`, which packages nothing.
      'before:deploy:deploy': () => deployment().prepare(),
      'before:aws:deploy:deploy:updateStack': () => deployment().progress.startTicking(),
      'after:aws:deploy:deploy:updateStack': () => deployment().progress.stopTicking(),
      'after:deploy:deploy': () => deployment().publish(),
      'web-acl:make': () => deployment().makeWebAcl(),
      'rotate:rotate': () => deployment().rotate(),
      'before:remove:remove': () => deployment().prepareRemoval(),
      'after:remove:remove': () => deployment().finishRemoval(),
      error: (error) => {
        this.deployment?.progress.stopTicking();
        this.deployment?.progress.explainFailure(error);
      },
      finalize: () => this.deployment?.summary(),
    };
  }

  /** Refuses what could not be deployed before anything is packaged: one line, no stack. */
  check() {
    const provider = this.serverless.getProvider('aws');
    const [stage, region] = [provider.getStage(), provider.getRegion()];

    const given = { ...this.named(), ...this.serverless.service.custom.parameters };
    const found = [...problems(given, { stage, region }), ...tooLarge(this.serverless.service)];
    if (found.length > 0) throw new this.serverless.classes.Error(refusal(found), 'BAD_PARAMETERS');
    for (const name of withoutFunctions(given)) delete this.serverless.service.functions[name];
  }

  /** Every parameter that was named anywhere: a misspelt one must not be passed over in silence. */
  named() {
    const { params = {} } = this.serverless.configurationInput;
    const { param = [] } = this.serverless.processedInput.options;
    const given = param.map((pair) => pair.split('='));
    return Object.assign({}, ...Object.values(params), Object.fromEntries(given));
  }
};
