const parameters = require('./parameters');
const { capitalized, functions } = require('./grants');

const reserved = (ReservedConcurrentExecutions) =>
  Object.fromEntries(
    functions.map((name) => [
      `${capitalized(name)}LambdaFunction`,
      { Properties: { ReservedConcurrentExecutions } },
    ]),
  );

module.exports = async (context) => {
  const { reservedConcurrency } = await parameters(context);
  return reservedConcurrency ? { extensions: reserved(Number(reservedConcurrency)) } : {};
};
