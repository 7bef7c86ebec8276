const parameters = require('./parameters');
const { functions } = require('./roles');

const reserved = (ReservedConcurrentExecutions) =>
  Object.fromEntries(
    functions.map((name) => [
      `${name[0].toUpperCase()}${name.slice(1)}LambdaFunction`,
      { Properties: { ReservedConcurrentExecutions } },
    ]),
  );

module.exports = async (context) => {
  const { reservedConcurrency } = await parameters(context);
  return reservedConcurrency ? { extensions: reserved(Number(reservedConcurrency)) } : {};
};
