const { OTHER_PARTITION, WEB_ACL_REGION, WITHOUT_ACCESS_LOGS } = require('../regions');
const { accepted } = require('./accepted');

const fits = (test, value) => (typeof test === 'function' ? test(value) : test.test(value));

/** Given together or not at all. */
const companions = [
  ['domainName', 'certificateArn'],
  ['oidcIssuer', 'oidcAudience', 'oidcJwksUrl'],
];

const listed = (words) => `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/**
 * CloudFormation cuts a name that it makes where it is too long, and a cut name no longer begins with the stage, by
 * which the deployer's policy tells stages apart. The longest is that of the deployment bucket: 63 lower-case
 * characters, of which the stage can have 12.
 */
const stageName = /^[a-z0-9-]{1,12}$/;

/**
 * What is wrong with these parameters, in sentences that say what would be right.
 * @param {Record<string, string>} given
 * @param {{stage?: string, region?: string}} [target]
 */
function problems(given, { stage, region } = {}) {
  /** @type {string[]} */
  const found = [];

  for (const [name, value] of Object.entries(given)) {
    const { test, takes, required } = accepted[name] ?? {};
    if (!takes) found.push(`there is no parameter ${name}`);
    else if (value === '' ? required : !fits(test, value)) found.push(`${name} must be ${takes}`);
  }

  for (const names of companions) {
    const count = names.filter((name) => given[name]).length;
    if (count > 0 && count < names.length) found.push(`${listed(names)} go together`);
  }

  if (given.monthlyBudget && !given.alarmEmail)
    found.push('monthlyBudget needs alarmEmail, the address that AWS tells');

  if (given.guests === 'off' && !given.oidcIssuer)
    found.push('guests=off needs oidcIssuer, oidcAudience and oidcJwksUrl, or no user could sign in');

  if (given.oidcClientId && !given.oidcIssuer)
    found.push('oidcClientId needs oidcIssuer, oidcAudience and oidcJwksUrl');

  if (given.oidcOrigins && !given.oidcClientId)
    found.push('oidcOrigins needs oidcClientId: without it the page offers no sign-in');

  if (given.alarmEmail && given.watch === 'logs')
    found.push('alarmEmail needs watch=metrics or watch=all, or the alarms had nothing to read');

  if ((given.events === 'https') !== Boolean(given.eventsUrl))
    found.push('events=https and eventsUrl go together');

  const isStreamed = (given.events ?? 'off') !== 'off' || given.push === 'on';

  if (isStreamed && Boolean(given.messagesTable) !== Boolean(given.eventsStream))
    found.push('with events or push, messagesTable and eventsStream go together');

  if (stage !== undefined && !stageName.test(stage))
    found.push('the stage must be 1 to 12 lower-case letters, digits and hyphens');

  if (region !== undefined && region !== WEB_ACL_REGION && given.webAcl === 'on' && !given.webAclArn)
    found.push(
      `webAcl=on needs webAclArn outside ${WEB_ACL_REGION}: npm run web-acl makes the web ACL and prints its ARN`,
    );

  if (region !== undefined && WITHOUT_ACCESS_LOGS.has(region) && given.accessLogs === 'on')
    found.push(`accessLogs=on is not possible in ${region}, where CloudFront delivers no logs`);

  if (region !== undefined && given.reviewFunction && given.reviewFunction.split(':')[3] !== region)
    found.push(`reviewFunction must be in ${region}, as the stack is`);

  if (region !== undefined && OTHER_PARTITION.test(region))
    found.push(`${region} is outside the commercial partition, the only one this stack is written for`);

  return found;
}

/**
 * Problems as one line.
 * @param {string[]} found
 */
const refusal = (found) => `Parameters: ${found.join('; ')}.`;

module.exports = { problems, refusal };
