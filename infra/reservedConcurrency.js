const parameters = require('./parameters');
const { capitalized, functionsOf } = require('./grants');

const reserved = (functions, ReservedConcurrentExecutions) =>
  Object.fromEntries(
    functions.map((name) => [
      `${capitalized(name)}LambdaFunction`,
      { Properties: { ReservedConcurrentExecutions } },
    ]),
  );

module.exports = async (context) => {
  const given = await parameters(context);
  const { reservedConcurrency } = given;
  return reservedConcurrency ? { extensions: reserved(functionsOf(given), Number(reservedConcurrency)) } : {};
};
