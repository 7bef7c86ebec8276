const errorMessage = require('./errorMessages');

const TICK_MS = 30_000;

/** Says what a command is doing, and turns failures into one line that says what to do. */
module.exports = class {
  /**
   * @param {import('../types').Serverless} serverless
   * @param {Pick<import('../types').Writers, 'log' | 'progress'>} writers
   */
  constructor(serverless, { log, progress }) {
    this.serverless = serverless;
    this.log = log;
    this.progress = progress;
  }

  get region() {
    return this.serverless.getProvider('aws').getRegion();
  }

  /**
   * Runs one step. A known failure ends the command with one line that says what to do.
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
      const sentence = (error instanceof Error && errorMessage(error, this.region)) || ours;
      if (!sentence || error instanceof this.serverless.classes.Error) throw error;
      throw new this.serverless.classes.Error(sentence, 'EDGE_CHAT');
    } finally {
      done();
    }
  }

  /** Says what the command is doing: at the foot of a terminal, otherwise as a line. */
  tell(text) {
    if (!process.stderr.isTTY) {
      this.log.notice(`${text}…`);
      return () => {};
    }
    const line = this.progress.get('edge-chat');
    line.notice(text);
    return () => line.remove();
  }

  /** Prints a line every 30 s while CloudFormation works, unless a terminal shows it anyway. */
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

  /**
   * Replaces the text of a known failure of the framework by one line that says what to do.
   * @param {import('../types').Failure | undefined} error
   */
  explainFailure(error) {
    if (!error || error.code === 'EDGE_CHAT') return;
    const sentence = errorMessage(error, this.region);
    if (sentence) error.decoratedMessage = sentence;
  }
};
