/**
 * Loaded first in the processes of the stack. In the functions' process an invocation can be killed: its event gives
 * the number of network writes before. What it writes then goes nowhere, and it has failed from there on.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { Socket } = require('node:net');
const path = require('node:path');

const lives = new AsyncLocalStorage();

function mortal(handler) {
  return ({ diesAfter, ...event }, context) => {
    if (diesAfter === undefined) return handler(event, context);
    return new Promise((_resolve, reject) => {
      const die = (where) => reject(new Error(`Killed ${where}.`));
      const life = { writesLeft: diesAfter, die: () => die(`after ${diesAfter} writes`) };
      const returns = () => die('before it returned');
      lives.run(life, () => handler(event, context)).then(returns, returns);
    });
  };
}

function watchWrites() {
  const { write } = Socket.prototype;
  Socket.prototype.write = function (...given) {
    const life = lives.getStore();
    if (!life || this === process.stdout || this === process.stderr) return write.apply(this, given);
    if (life.writesLeft-- > 0) return write.apply(this, given);
    life.die();
    return true;
  };
}

if (path.basename(process.argv[1] ?? '') === 'functions-process.cjs') {
  const runtime = require('../../local/lambda/runtime.cjs');
  const { isolate } = runtime;
  runtime.isolate = (made) => mortal(isolate(made));
  watchWrites();
}
