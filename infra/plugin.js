const { problems } = require('./parameters');

/**
 * CloudFront's origin access control and Lambda's functions have names of at most 64 characters, of which the stage
 * is one part and the longest Region's name another.
 */
const stageName = /^[A-Za-z0-9-]{1,30}$/;

const otherPartition = /^(cn|us-gov|us-iso|eu-iso|eusc)/;

/** Refuses what could not be deployed before anything is packaged: one line, no stack. */
module.exports = class {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:initialize': () => this.check() };
  }

  check() {
    const provider = this.serverless.getProvider('aws');
    const [stage, region] = [provider.getStage(), provider.getRegion()];

    const found = problems({ ...this.named(), ...this.serverless.service.custom.parameters });
    if (!stageName.test(stage)) found.push('the stage must be 1 to 30 letters, digits and hyphens');
    if (otherPartition.test(region))
      found.push(`${region} is outside the commercial partition, the only one this stack is written for`);

    if (found.length > 0)
      throw new this.serverless.classes.Error(`Parameters: ${found.join('; ')}.`, 'BAD_PARAMETERS');
  }

  /** Every parameter that was named anywhere: a misspelt one must not be passed over in silence. */
  named() {
    const { params = {} } = this.serverless.configurationInput;
    const { param = [] } = this.serverless.processedInput.options;
    const given = param.map((pair) => pair.split('='));
    return Object.assign({}, ...Object.values(params), Object.fromEntries(given));
  }
};
