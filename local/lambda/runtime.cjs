const { AsyncLocalStorage } = require('node:async_hooks');

/**
 * On Lambda each function has an environment of its own; here they share a process. A function sees its own variables
 * and no others, so that a variable missing in serverless.yml is missing here too.
 */
const scope = new AsyncLocalStorage();
const own = process.env;
const current = () => scope.getStore() ?? own;

process.env = new Proxy(
  {},
  {
    get: (_target, name) => current()[name],
    set: (_target, name, value) => Reflect.set(current(), name, value),
    has: (_target, name) => name in current(),
    deleteProperty: (_target, name) => Reflect.deleteProperty(current(), name),
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_target, name) => Reflect.getOwnPropertyDescriptor(current(), name),
    defineProperty: (_target, name, descriptor) => Reflect.defineProperty(current(), name, descriptor),
  },
);

/** A handler that is loaded and run with exactly this environment. */
exports.isolate = ({ bundle, name, environment }) => {
  const handler = () => require(bundle)[name];
  return (event, context) => scope.run(environment, async () => handler()(event, context));
};
