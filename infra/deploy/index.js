const apiLogRole = require('../apiLogRole');
const clientsOf = require('./aws');
const buildPage = require('./buildPage');
const errorMessage = require('./errorMessages');
const { isAccepted } = require('./originSecret');
const foreignLogRole = require('./logRole');
const { invalidatePage, readPage, sweepPage, uploadPage } = require('./page');
const { deleteMessages, prepareRemoval } = require('./remove');
const { rotate } = require('./rotate');
const { physicalId, readStack, whyNotNow } = require('./stack');
const { deployedLines, removedLines, rotatedLines, webAclLines } = require('./summary');
const { deployWebAcl, findWebAclStack } = require('./webAclStack');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const TICK_MS = 30_000;

/**
 * What this project adds to the framework's `deploy` and `remove`, and its own `rotate`.
 * The framework's hooks call it in this order: prepare, publish, summary.
 */
module.exports = class {
  /** @type {import('../types').Clients} */
  clients;

  /** @type {Promise<void> | undefined} */
  prepared;

  /** @type {import('../types').Stays | undefined} */
  stays;

  /**
   * @param {import('../types').Serverless} serverless
   * @param {import('../types').Options} options
   * @param {import('../types').Writers} writers
   */
  constructor(serverless, options, { log, progress, writeText }) {
    this.serverless = serverless;
    this.options = options;
    this.log = log;
    this.progress = progress;
    this.writeText = writeText;
  }

  get provider() {
    return this.serverless.getProvider('aws');
  }

  get stackName() {
    return this.provider.naming.getStackName();
  }

  /**
   * Runs one step; a failure people can do something about ends the command with one line that says what.
   * @template T
   * @param {string} text
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async step(text, run) {
    const done = this.tell(text);
    try {
      return await run();
    } catch (error) {
      const ours = error instanceof Error && error.constructor === Error ? error.message : undefined;
      const sentence = (error instanceof Error && errorMessage(error, this.provider.getRegion())) || ours;
      if (!sentence || error instanceof this.serverless.classes.Error) throw error;
      throw new this.serverless.classes.Error(sentence, 'EDGE_CHAT');
    } finally {
      done();
    }
  }

  /** Says what is being done: at the foot of a terminal, else as a line. */
  tell(text) {
    if (!process.stderr.isTTY) {
      this.log.notice(`${text}…`);
      return () => {};
    }
    const line = this.progress.get('edge-chat');
    line.notice(text);
    return () => line.remove();
  }

  /** Everything that can be wrong before anything is packaged or changed. */
  prepare() {
    this.prepared ??= this.checkEverything();
    return this.prepared;
  }

  async checkEverything() {
    await this.checkAccount();
    const stack = await this.step('Looking at what is deployed', () =>
      readStack(this.clients, this.stackName),
    );
    const problem = stack && whyNotNow(this.stackName, stack.status);
    if (problem) throw new this.serverless.classes.Error(problem, 'EDGE_CHAT');
    const { originSecretVersion } = this.serverless.service.custom.parameters;
    if (originSecretVersion)
      await this.step('Checking the secret', () => this.checkSecretVersion(stack, originSecretVersion));
    await this.keepLogRole();
    this.page = await this.step('Building the page', async () =>
      readPage(await buildPage(this.serverless.serviceDir)),
    );
  }

  /** Leaves the log role of the account as it is, if it has one that is not this stack's. */
  async keepLogRole() {
    const { custom, resources } = this.serverless.service;
    if (custom.parameters.apiLogRole !== 'create') return;
    const role = await this.step("Looking at API Gateway's log role", () =>
      foreignLogRole(this.clients, this.stackName),
    );
    if (!role) return;
    // What is packaged already is deployed as it is.
    if (this.options.package)
      throw new this.serverless.classes.Error(
        `API Gateway has the log role ${role}, and this package would replace it: package again with --param="apiLogRole=exists".`,
        'EDGE_CHAT',
      );
    apiLogRole.leaveOut(resources);
    this.tell(`API Gateway goes on writing logs with the role ${role}`)();
  }

  async checkAccount() {
    await this.step('Checking credentials', () => this.provider.getAccountInfo());
    this.clients = await clientsOf(this.provider);
  }

  async checkSecretVersion(stack, version) {
    const secretArn = stack && (await physicalId(this.clients, this.stackName, 'OriginSecret'));
    if (!secretArn)
      throw new Error(
        'originSecretVersion is for a stack that is there already: leave it out of the first deploy.',
      );
    if (!(await isAccepted(this.clients, secretArn, version)))
      throw new Error(
        `originSecretVersion ${version} is neither the secret's current version nor the one before: every handshake would be refused. Leave it out, and the current one is sent.`,
      );
  }

  /** The framework says nothing for minutes while CloudFormation works; a log without a terminal should. */
  startTicking() {
    if (process.stderr.isTTY || this.serverless.service.provider.shouldNotDeploy) return;
    const began = Date.now();
    const tick = () => {
      const minutes = ((Date.now() - began) / 60_000).toFixed(1);
      this.log.notice(`CloudFormation is at work, ${minutes} minutes now (a distribution takes several)…`);
    };
    this.ticking = setInterval(tick, TICK_MS);
  }

  stopTicking() {
    clearInterval(this.ticking);
  }

  /** Uploads the page to the deployed stack, also if the stack had no change. */
  async publish() {
    const outputs = await this.step('Reading what was deployed', async () => {
      const stack = await readStack(this.clients, this.stackName);
      if (!stack) throw new Error(`The stack ${this.stackName} was removed meanwhile: deploy again.`);
      return stack.outputs;
    });
    const now = Date.now();
    await this.step('Uploading the page', () =>
      uploadPage(this.clients, outputs.PageBucketName, this.page, outputs.PageSettings),
    );
    await this.step('Sweeping old assets', () =>
      sweepPage(this.clients, outputs.PageBucketName, this.page, now),
    );
    await this.step('Telling CloudFront', () =>
      invalidatePage(this.clients, outputs.DistributionId, `deploy-${now}`),
    );
    this.outputs = outputs;
  }

  async rotate() {
    await this.checkAccount();
    const { provider } = this;
    const prefix = [
      provider.getDeploymentPrefix(),
      this.serverless.service.service,
      provider.getStage(),
    ].join('/');
    this.rotated = await this.step('Rotating the origin secret', () =>
      rotate(this.clients, {
        stackName: this.stackName,
        prefix,
        region: provider.getRegion(),
        finish: Boolean(this.options.finish),
        tell: (text) => this.tell(text)(),
        wait,
      }),
    );
  }

  async makeWebAcl() {
    await this.checkAccount();
    this.webAclArn = await this.step('Making the web ACL', () => deployWebAcl(this.provider, wait));
  }

  async prepareRemoval() {
    await this.checkAccount();
    const webAclStack = await this.step('Looking for a web ACL', () => findWebAclStack(this.provider));
    const stays = await this.step('Emptying the page bucket', () =>
      prepareRemoval(this.clients, this.stackName, {
        deletesMessages: Boolean(this.options['delete-messages']),
        wait,
      }),
    );
    if (!stays)
      throw new this.serverless.classes.Error(
        `There is no stack ${this.stackName} in ${this.provider.getRegion()}: nothing to remove.`,
        'EDGE_CHAT',
      );
    this.stays = { ...stays, webAclStack };
  }

  async finishRemoval() {
    const { messages, ...others } = this.stays ?? {};
    if (!this.options['delete-messages'] || !messages) return;
    await this.step('Deleting the messages', () => deleteMessages(this.clients, messages));
    this.stays = others;
  }

  /**
   * A failure of the framework's own that people can do something about: one line in its place.
   * @param {import('../types').Failure | undefined} error
   */
  explainFailure(error) {
    if (!error || error.code === 'EDGE_CHAT') return;
    const sentence = errorMessage(error, this.provider.getRegion());
    if (sentence) error.decoratedMessage = sentence;
  }

  /** The last words of a command that went well. */
  summary() {
    const lines = [
      ...(this.outputs ? deployedLines(this.outputs) : []),
      ...(this.rotated ? rotatedLines(this.rotated) : []),
      ...(this.webAclArn ? webAclLines(this.webAclArn) : []),
      ...(this.stays ? removedLines(this.stays, this.provider.getRegion()) : []),
    ];
    if (lines.length > 0) for (const line of ['', ...lines]) this.writeText(line);
  }
};
