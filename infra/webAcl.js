const parameters = require('./parameters');
const { WEB_ACL_REGION } = require('./regions');

/** The requests that one address may send in a minute. An office or a mobile network can be one address. */
const LIMITS = {
  /** Handshakes and guest tokens. */
  signIns: 300,
  all: 6000,
};

const WINDOW_S = 60;

const path = (SearchString) => ({
  ByteMatchStatement: {
    SearchString,
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'EXACTLY',
    // An encoded letter must be no way past the rule.
    TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
  },
});

const visible = (MetricName) => ({
  CloudWatchMetricsEnabled: true,
  SampledRequestsEnabled: true,
  MetricName,
});

/** Refuses an address above its limit as the stack itself refuses: with 429, and when to come again. */
const limitAddress = (Name, Priority, Limit, ScopeDownStatement) => ({
  Name,
  Priority,
  Action: {
    Block: {
      CustomResponse: {
        ResponseCode: 429,
        ResponseHeaders: [{ Name: 'retry-after', Value: String(WINDOW_S) }],
      },
    },
  },
  Statement: {
    RateBasedStatement: {
      AggregateKeyType: 'IP',
      EvaluationWindowSec: WINDOW_S,
      Limit,
      ...(ScopeDownStatement && { ScopeDownStatement }),
    },
  },
  VisibilityConfig: visible(Name),
});

/**
 * The web ACL of a stack. Its name is unique in the account, so it has the stack's Region in it.
 * @param {string} stack
 * @param {string} region
 */
const webAcl = (stack, region) => ({
  Type: 'AWS::WAFv2::WebACL',
  Properties: {
    Name: `${stack}-${region}`,
    Scope: 'CLOUDFRONT',
    DefaultAction: { Allow: {} },
    VisibilityConfig: visible(`${stack}-${region}`),
    Rules: [
      limitAddress('sign-ins', 0, LIMITS.signIns, {
        OrStatement: { Statements: [path('/ws'), path('/api/token')] },
      }),
      limitAddress('all-requests', 1, LIMITS.all),
    ],
  },
});

/**
 * The small stack that has the web ACL of a stack of another Region.
 * @param {string} stack
 * @param {string} region
 */
const ownTemplate = (stack, region) => ({
  Resources: { WebAcl: webAcl(stack, region) },
  Outputs: { WebAclArn: { Value: { 'Fn::GetAtt': ['WebAcl', 'Arn'] } } },
});

async function isMadeByTheStack(context) {
  const { webAcl: isOn, webAclArn } = await parameters(context);
  return (
    isOn === 'on' && !webAclArn && (await context.resolveVariable('self:provider.region')) === WEB_ACL_REGION
  );
}

/** What the distribution names as its web ACL, if it has one. */
async function idFor(context) {
  if (await isMadeByTheStack(context)) return { 'Fn::GetAtt': ['WebAcl', 'Arn'] };
  return (await parameters(context)).webAclArn || undefined;
}

const template = async (context) => {
  if (!(await isMadeByTheStack(context))) return {};
  return {
    Resources: { WebAcl: webAcl(await context.resolveVariable('self:custom.name'), WEB_ACL_REGION) },
  };
};

module.exports = Object.assign(template, { idFor, ownTemplate });
