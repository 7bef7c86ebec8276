const parameters = require('./parameters');
const { functions } = require('./roles');

const notify = (email, NotificationType, Threshold) => ({
  Notification: {
    NotificationType,
    ComparisonOperator: 'GREATER_THAN',
    Threshold,
    ThresholdType: 'PERCENTAGE',
  },
  Subscribers: [{ SubscriptionType: 'EMAIL', Address: email }],
});

/** A budget knows the whole account's bill: one stack's share has no tag that billing would know without set-up. */
const budget = (BudgetName, dollars, email) => ({
  Type: 'AWS::Budgets::Budget',
  Properties: {
    Budget: {
      BudgetName,
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: Number(dollars), Unit: 'USD' },
    },
    NotificationsWithSubscribers: [notify(email, 'ACTUAL', 80), notify(email, 'FORECASTED', 100)],
  },
});

const reserved = (ReservedConcurrentExecutions) =>
  Object.fromEntries(
    functions.map((name) => [
      `${name[0].toUpperCase()}${name.slice(1)}LambdaFunction`,
      { Properties: { ReservedConcurrentExecutions } },
    ]),
  );

module.exports = async (context) => {
  const { monthlyBudget, alarmEmail, reservedConcurrency } = await parameters(context);
  const name = await context.resolveVariable('self:custom.name');
  return {
    ...(monthlyBudget && { Resources: { MonthlyBudget: budget(name, monthlyBudget, alarmEmail) } }),
    ...(reservedConcurrency && { extensions: reserved(Number(reservedConcurrency)) }),
  };
};
