/**
 * The stack's parameters, given as `--param="name=value"`. Their defaults are in serverless.yml; '' is "not given".
 *
 * Optional parts of the stack are decided from them while packaging. CloudFormation conditions over '' would leave
 * every optional ARN in the template for validators and CloudFormation itself to trip over.
 *
 * Each has a meaning, the values it takes, and the same in words for who gave another.
 */
const accepted = {
  // Origins whose pages may open a socket, instead of the stack's own: https://chat.example.com,https://example.com
  allowedOrigins: [areOrigins, 'a comma-separated list of origins such as https://example.com'],
  // Who signs people's tokens. Without them only guests can sign in.
  oidcIssuer: [isHttpsUrl, 'an https URL'],
  oidcAudience: [/^\S+$/, 'a word without spaces'],
  oidcJwksUrl: [isHttpsUrl, 'an https URL'],
  // Whether people may chat with no more than a display name.
  guests: [/^(on|off)$/, 'on or off', 'required'],
  // A domain of one's own, and its certificate.
  domainName: [/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a lower-case domain name'],
  certificateArn: [
    /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    'the ARN of a certificate in us-east-1 (CloudFront reads no other Region)',
  ],
  // A WAF web ACL in front of everything.
  webAclArn: [
    /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
    'the ARN of a global web ACL (in us-east-1)',
  ],
  // Hours for which messages are kept; 0 is for ever.
  historyHours: [/^(0|[1-9]\d{0,5})$/, '0 (keep for ever) or a whole number of hours', 'required'],
  logLevel: [/^(debug|info|warn|error)$/, 'debug, info, warn or error', 'required'],
  // The version of the origin secret that CloudFront sends, when it has been rotated.
  originSecretVersion: [/^[\w-]{32,64}$/, "a secret's version id"],
  // Whether the account and Region already have API Gateway's log role.
  apiLogRole: [/^(create|exists)$/, 'create or exists', 'required'],
  // A message table that an earlier stack left behind, to go on with.
  messagesTable: [/^[\w.-]{3,255}$/, 'the name of a DynamoDB table'],
};

function isHttpsUrl(value) {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

function areOrigins(value) {
  return value
    .split(',')
    .every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin);
}

const fits = (test, value) => (typeof test === 'function' ? test(value) : test.test(value));

/** Given together or not at all. */
const companions = [
  ['domainName', 'certificateArn'],
  ['oidcIssuer', 'oidcAudience', 'oidcJwksUrl'],
];

const listed = (words) => `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What is wrong with these parameters, in sentences that say what would be right. */
function problems(given) {
  const found = [];

  for (const [name, value] of Object.entries(given)) {
    const [test, wanted, required] = accepted[name] ?? [];
    if (!wanted) found.push(`there is no parameter ${name}`);
    else if (value === '' ? required : !fits(test, value)) found.push(`${name} must be ${wanted}`);
  }

  for (const names of companions) {
    const count = names.filter((name) => given[name]).length;
    if (count > 0 && count < names.length) found.push(`${listed(names)} go together`);
  }

  if (given.guests === 'off' && !given.oidcIssuer)
    found.push('guests=off needs oidcIssuer, oidcAudience and oidcJwksUrl, or nobody could sign in');

  return found;
}

/** The parameters of this run, every one a string. */
async function parameters({ resolveVariable }) {
  const values = Object.keys(accepted).map(async (name) => [
    name,
    String((await resolveVariable(`param:${name}`)) ?? ''),
  ]);
  return Object.fromEntries(await Promise.all(values));
}

module.exports = Object.assign(parameters, { problems });
