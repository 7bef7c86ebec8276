const { namespace, byStack, byReason } = require('../lib/telemetry/metrics.json');

/** A metric that the functions log, as CloudFormation names it. */
const ownMetric = (stack, MetricName) => {
  if (!byStack.units[MetricName]) throw new Error(`No function logs a metric ${MetricName}.`);
  return {
    Namespace: namespace,
    MetricName,
    Dimensions: byStack.dimensions.map((Name) => ({ Name, Value: stack })),
  };
};

/** The refusals for one reason. */
const refusals = (stack, reason) => ({
  Namespace: namespace,
  MetricName: 'Refused',
  Dimensions: byReason.dimensions.map((Name) => ({ Name, Value: Name === 'Stack' ? stack : reason })),
});

module.exports = { ownMetric, refusals, namespace, byReason };
