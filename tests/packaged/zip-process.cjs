// A function as Lambda runs it, with its own process, code and environment.
const [, , bundle, exported] = process.argv;

const started = Date.now();
const handler = require(bundle)[exported];
process.send({ ready: Date.now() - started, node: process.version, variables: Object.keys(process.env) });

process.on('message', async ({ id, event, timeoutMs }) => {
  const deadline = Date.now() + timeoutMs;
  const context = { awsRequestId: String(id), getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    process.send({ id, ok: true, value: await handler(event, context) });
  } catch (error) {
    process.send({ id, ok: false, type: error.name, message: error.message, trace: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
