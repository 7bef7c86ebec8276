const parameters = require('./parameters');

module.exports = async (context) => {
  const { tracing, watch } = await parameters(context);
  return {
    /** The functions' own switch: whether their log lines are metrics too. */
    metrics: watch === 'logs' ? 'off' : 'on',
    /** Passing through is what Lambda does anyway: nothing is traced, and nothing paid for. */
    tracing: tracing === 'on' ? 'Active' : 'PassThrough',
  };
};
