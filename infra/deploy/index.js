const apiLogRole = require('../apiLogRole');
const clientsOf = require('./aws');
const buildPage = require('./buildPage');
const { isAccepted } = require('./originSecret');
const foreignLogRole = require('./logRole');
const { invalidatePage, readPage, sweepPage, uploadPage } = require('./page');
const Progress = require('./progress');
const { deleteMessages, prepareRemoval } = require('./remove');
const { rotate } = require('./rotate');
const { physicalId, readStack, whyNotNow } = require('./stack');
const { deployedLines, removedLines, rotatedLines, webAclLines } = require('./summary');
const { deployWebAcl, findWebAclStack } = require('./webAclStack');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

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
    this.progress = new Progress(serverless, { log, progress });
    this.writeText = writeText;
  }

  get provider() {
    return this.serverless.getProvider('aws');
  }

  get stackName() {
    return this.provider.naming.getStackName();
  }

  /** Everything that can be wrong before anything is packaged or changed. */
  prepare() {
    this.prepared ??= this.checkEverything();
    return this.prepared;
  }

  async checkEverything() {
    await this.checkAccount();
    const stack = await this.progress.step('Looking at what is deployed', () =>
      readStack(this.clients, this.stackName),
    );
    const problem = stack && whyNotNow(this.stackName, stack.status);
    if (problem) throw new this.serverless.classes.Error(problem, 'EDGE_CHAT');
    const { originSecretVersion } = this.serverless.service.custom.parameters;
    if (originSecretVersion)
      await this.progress.step('Checking the secret', () =>
        this.checkSecretVersion(stack, originSecretVersion),
      );
    await this.keepLogRole();
    this.page = await this.progress.step('Building the page', async () =>
      readPage(await buildPage(this.serverless.serviceDir)),
    );
  }

  /** Leaves the log role of the account as it is, if it has one that is not this stack's. */
  async keepLogRole() {
    const { custom, resources } = this.serverless.service;
    if (custom.parameters.apiLogRole !== 'create') return;
    const role = await this.progress.step("Looking at API Gateway's log role", () =>
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
    this.progress.tell(`API Gateway goes on writing logs with the role ${role}`)();
  }

  async checkAccount() {
    await this.progress.step('Checking credentials', () => this.provider.getAccountInfo());
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

  /** Uploads the page to the deployed stack, also if the stack had no change. */
  async publish() {
    const outputs = await this.progress.step('Reading what was deployed', async () => {
      const stack = await readStack(this.clients, this.stackName);
      if (!stack) throw new Error(`The stack ${this.stackName} was removed meanwhile: deploy again.`);
      return stack.outputs;
    });
    const now = Date.now();
    await this.progress.step('Uploading the page', () =>
      uploadPage(this.clients, outputs.PageBucketName, this.page, outputs.PageSettings),
    );
    await this.progress.step('Sweeping old assets', () =>
      sweepPage(this.clients, outputs.PageBucketName, this.page, now),
    );
    await this.progress.step('Telling CloudFront', () =>
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
    this.rotated = await this.progress.step('Rotating the origin secret', () =>
      rotate(this.clients, {
        stackName: this.stackName,
        prefix,
        region: provider.getRegion(),
        finish: Boolean(this.options.finish),
        tell: (text) => this.progress.tell(text)(),
        wait,
      }),
    );
  }

  async makeWebAcl() {
    await this.checkAccount();
    this.webAclArn = await this.progress.step('Making the web ACL', () => deployWebAcl(this.provider, wait));
  }

  async prepareRemoval() {
    await this.checkAccount();
    const webAclStack = await this.progress.step('Looking for a web ACL', () =>
      findWebAclStack(this.provider),
    );
    const stays = await this.progress.step('Emptying the page bucket', () =>
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
    await this.progress.step('Deleting the messages', () => deleteMessages(this.clients, messages));
    this.stays = others;
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
