const parameters = require('./parameters');

/** For a moment, twice as many a second are taken. */
const throttle = (perSecond) => ({ rate: Number(perSecond), burst: 2 * Number(perSecond) });

module.exports = async (context) => {
  const { framesPerSecond, handshakesPerSecond, tokensPerSecond } = await parameters(context);
  return {
    frames: throttle(framesPerSecond),
    handshakes: throttle(handshakesPerSecond),
    tokens: throttle(tokensPerSecond),
    // Only a client that is broken or hostile sends what no route knows.
    strays: throttle(Math.ceil(Number(framesPerSecond) / 10)),
  };
};
