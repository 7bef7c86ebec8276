/**
 * The local stack's part in the framework. Deploying is not changed by it: without EDGE_CHAT_LOCAL it only says
 * how the local stack is started.
 */
module.exports = class {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = process.env.EDGE_CHAT_LOCAL
      ? { 'before:package:initialize': () => this.withoutBundles() }
      : { initialize: () => this.refuseOffline() };
    if (process.env.EDGE_CHAT_LOCAL) this.leaveOutBundling();
  }

  refuseOffline() {
    const [command] = this.serverless.processedInput.commands;
    if (command === 'offline')
      throw new this.serverless.classes.Error(
        'Start the local stack with `npm start`: it adds what this one lacks.',
      );
  }

  /** The template does not depend on the bundles, and making them takes most of the time. */
  leaveOutBundling() {
    const { hooks } = this.serverless.pluginManager;
    for (const event of [
      'before:package:createDeploymentArtifacts',
      'after:package:createDeploymentArtifacts',
    ])
      hooks[event] = hooks[event]?.filter(({ pluginName }) => pluginName !== 'EsbuildServerlessPlugin') ?? [];
  }

  withoutBundles() {
    for (const fn of Object.values(this.serverless.service.functions)) fn.package = { artifact: __filename };
  }
};
