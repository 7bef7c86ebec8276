const parameters = require('./parameters');

/** Whether the functions' log lines are metrics too, as the functions' own switch. */
module.exports = async (context) => {
  const { watch } = await parameters(context);
  return { metrics: watch === 'logs' ? 'off' : 'on' };
};
