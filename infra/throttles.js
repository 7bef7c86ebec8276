const parameters = require('./parameters');

/** For a moment, twice as many a second are taken. */
const throttle = (perSecond) => ({ rate: Number(perSecond), burst: 2 * Number(perSecond) });

module.exports = async (context) => {
  const { framesPerSecond, tokensPerSecond } = await parameters(context);
  return { frames: throttle(framesPerSecond), tokens: throttle(tokensPerSecond) };
};
