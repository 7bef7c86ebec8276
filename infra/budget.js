const parameters = require('./parameters');

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

module.exports = async (context) => {
  const { monthlyBudget, alarmEmail } = await parameters(context);
  const name = await context.resolveVariable('self:custom.name');
  // Budget names are unique in an account, whatever the Region.
  const budgetName = { 'Fn::Sub': `${name}-\${AWS::Region}` };
  return monthlyBudget ? { Resources: { MonthlyBudget: budget(budgetName, monthlyBudget, alarmEmail) } } : {};
};
