const GRANTS =
  'grants with spaces between them: a room or its beginning and *, a colon, then letters of rwm or -';

/**
 * The stack's parameters, given as `--param="name=value"`. Their defaults are in serverless.yml; '' is "not given".
 * `npm run docs` makes docs/parameters.md of this table.
 *
 * Optional parts of the stack are decided from them while packaging. CloudFormation conditions over '' would leave
 * every optional ARN in the template for validators and CloudFormation itself to trip over.
 *
 * Each has a test for its values, the same in words, its purpose, and an example. A required parameter has a default
 * and may not be empty. A part of `hardened` has two defaults: the usual one, and that with `hardened=on`.
 * @satisfies {Record<string, import('./types').Accepted>}
 */
const accepted = {
  hardened: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether the stack has the protections that production needs. It changes the defaults of five parameters ([which, and what they cost](production.md#hardened))',
    example: 'on',
  },
  allowedOrigins: {
    test: areOrigins,
    takes: 'a comma-separated list of origins such as https://example.com or capacitor://localhost',
    means: "Origins of pages and apps that may use the chat, beside the stack's own page",
    example: 'https://example.com,capacitor://localhost',
  },
  clientsWithoutOrigin: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether a client without an Origin header may open a connection with a valid token. Browsers always send this header; terminals and back ends do not',
    example: 'off',
  },
  oidcIssuer: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "The issuer of the users' tokens. Without it only guests can sign in",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
  },
  oidcAudience: {
    test: /^\S+$/,
    takes: 'a word without spaces',
    means: 'The audience that the tokens must have',
    example: '4tq7example2client9id',
  },
  oidcJwksUrl: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "The address of the issuer's public keys",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json',
  },
  oidcClients: {
    test: /^[^\s,]+(,[^\s,]+)*$/,
    takes: 'a comma-separated list of client ids',
    means:
      "The clients whose tokens the stack accepts; the claims `azp` and `client_id` name the client of a token. The stack always accepts the page's own client too. Without this parameter it accepts the client that `oidcAudience` names",
    example: '4tq7example2client9id,8mobile3client',
  },
  oidcClientId: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces of at most 128 characters',
    means:
      "The id of the page's client at the provider. With it the page offers sign-in ([how to set it up](sign-in.md))",
    example: '4tq7example2client9id',
  },
  oidcScope: {
    test: isScope,
    takes: 'words with spaces between them, of which one is openid; at most 256 characters',
    required: true,
    means: 'The scopes that the page asks for. Many providers give a refresh token for `offline_access` only',
    example: 'openid profile offline_access',
  },
  oidcToken: {
    test: /^(access|id)$/,
    takes: 'access or id',
    required: true,
    means:
      'Which token of the provider the page connects with: the one that has the audience and the permissions',
    example: 'id',
  },
  oidcOrigins: {
    test: areProviderOrigins,
    takes: 'a comma-separated list of at most 8 https origins',
    means:
      "The hosts of the provider that the page calls, beside the issuer's. The page's Content Security Policy blocks all other foreign hosts",
    example: 'https://example.auth.eu-west-1.amazoncognito.com',
  },
  oidcRoomsClaim: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces',
    required: true,
    means: "The claim of the users' tokens that holds their permissions",
    example: 'custom:rooms',
  },
  userRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means: 'The permissions of users whose tokens hold none: (r)ead, (w)rite, (m)oderate',
    example: '*:rw news:r staff.*:-',
  },
  guests: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether guests may chat: users who give nothing but a display name',
    example: 'off',
  },
  guestRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means: 'The permissions of guests: (r)ead, (w)rite, (m)oderate',
    example: 'lobby:rw news:r',
  },
  guestDays: {
    test: /^[1-9]\d{0,3}$/,
    takes: 'a whole number of days from 1 to 9999',
    required: true,
    means: "How many days a guest's user id lasts after the first sign-in",
    example: '7',
  },
  domainName: {
    test: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$/,
    takes: 'a lower-case domain name',
    means: 'A domain of your own, in addition to that of CloudFront',
    example: 'chat.example.com',
  },
  certificateArn: {
    test: /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    takes: 'the ARN of a certificate in us-east-1 (CloudFront reads no other Region)',
    means: "The domain's certificate",
    example: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  },
  webAcl: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means:
      'Whether a web ACL (AWS WAF) limits the requests of each IP address. In us-east-1 the stack has this web ACL itself. In another Region `npm run web-acl` makes it, and you pass its ARN as `webAclArn`',
    example: 'on',
  },
  webAclArn: {
    test: /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
    takes: 'the ARN of a global web ACL (in us-east-1)',
    means: 'A web ACL that exists already, to protect the whole stack in place of the one of `webAcl`',
    example: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/chat/11111111-2222-3333-4444-555555555555',
  },
  accessLogs: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means:
      "Whether CloudFront and the page's bucket log each request. Another bucket of the stack keeps the logs for 30 days",
    example: 'on',
  },
  deletionProtection: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means: 'Whether DynamoDB refuses to delete the tables',
    example: 'on',
  },
  historyHours: {
    test: /^(0|[1-9]\d{0,5})$/,
    takes: '0 (keep for ever) or a whole number of hours',
    defaults: { usual: '0', hardened: '2160' },
    means: 'The hours for which the log keeps messages; 0 is for ever',
    example: '720',
  },
  logLevel: {
    test: /^(debug|info|warn|error)$/,
    takes: 'debug, info, warn or error',
    required: true,
    means: 'The lowest level of the lines that the functions log',
    example: 'debug',
  },
  watch: {
    test: /^(logs|metrics|all)$/,
    takes: 'logs, metrics or all',
    defaults: { usual: 'metrics', hardened: 'all' },
    means:
      'What CloudWatch gets: log lines, metrics in them, or also a dashboard and alarms ([what they cost](monitoring.md#what-it-costs))',
    example: 'all',
  },
  tracing: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether X-Ray traces the invocations of the functions',
    example: 'on',
  },
  requestsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      "The account's API Gateway quota of requests a second in this Region. Posts to connections stay below it",
    example: '2500',
  },
  framesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The frames a second that the WebSocket API accepts, with a burst of twice as many. The tables serve at most 4 writes and 20 reads for each frame',
    example: '5000',
  },
  handshakesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The handshakes a second that the WebSocket API accepts, with a burst of twice as many. The account also has a quota of new connections',
    example: '100',
  },
  connectionsPerUser: {
    test: /^[1-9]\d{0,2}$/,
    takes: 'a whole number from 1 to 999',
    required: true,
    means:
      'The connections that a user may have at a time. If the user has that many, a new connection replaces those that were silent for `presenceSeconds`',
    example: '10',
  },
  sendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means: "The messages a second that a connection may send, with a burst of four seconds' worth",
    example: '20',
  },
  userSendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    means:
      'The messages a second that a user may send, over all connections and back ends. The default is twice `sendsPerSecond`',
    example: '10',
  },
  presenceSeconds: {
    test: (value) => /^\d{2,4}$/.test(value) && Number(value) >= 30 && Number(value) <= 1800,
    takes: 'a whole number from 30 to 1800',
    required: true,
    means:
      'How many seconds a silent connection counts as present. Take three times the interval at which your clients ping (`pingEveryMs`)',
    example: '900',
  },
  editMinutes: {
    test: (value) => /^\d{1,6}$/.test(value),
    takes: 'a whole number from 0 to 999999',
    required: true,
    means: 'How many minutes after the send a user may edit a message. With 0 nobody may edit messages',
    example: '15',
  },
  tokensPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The guest tokens a second that the stack issues, with a burst of twice as many. The same rate holds for messages from back ends over HTTP',
    example: '10',
  },
  alarmEmail: {
    test: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    takes: 'an e-mail address',
    means: 'The address that the alarms write to. It also switches the alarms on',
    example: 'ops@example.com',
  },
  monthlyBudget: {
    test: /^[1-9]\d{0,6}$/,
    takes: 'a whole number of US dollars',
    means:
      'A budget for the whole account, in dollars a month. AWS writes to `alarmEmail` at 80 %, and when it forecasts 100 %',
    example: '50',
  },
  reservedConcurrency: {
    test: /^[1-9]\d{0,3}$/,
    takes: 'a whole number from 1 to 9999',
    means:
      "How many of the account's concurrent executions each function reserves; it can use no more. A new account has none to reserve",
    example: '50',
  },
  originSecretVersion: {
    test: /^[\w-]{32,64}$/,
    takes: "a secret's version id",
    means:
      'The version of the origin secret that CloudFront sends, instead of the current one. `npm run rotate` does not need it',
    example: '11111111-2222-3333-4444-555555555555',
  },
  apiLogRole: {
    test: /^(create|exists)$/,
    takes: 'create or exists',
    required: true,
    means:
      "Whether a deployment creates API Gateway's log role where the account and Region have none. One that is there is kept",
    example: 'exists',
  },
  awsClients: {
    test: /^(own|sdk)$/,
    takes: 'own or sdk',
    required: true,
    means:
      "Which clients call AWS: the project's own, which cost less, or the AWS SDK's ([when to take which](aws-clients.md))",
    example: 'sdk',
  },
  permissionsBoundary: {
    test: /^arn:aws:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/,
    takes: 'the ARN of a managed policy',
    means:
      'The policy that limits every role of the stack, as its permissions boundary ([which one](deploy.md#what-you-need))',
    example: 'arn:aws:iam::123456789012:policy/edge-chat-prod-boundary',
  },
  messagesTable: {
    test: /^[\w.-]{3,255}$/,
    takes: 'the name of a DynamoDB table',
    means: 'A message table of an earlier stack, for this stack to adopt',
    example: 'edge-chat-prod-Messages-1ABCDEF2GHIJK',
  },
};

function isRate(value) {
  return /^[1-9]\d{0,5}$/.test(value) || value === '1000000';
}

function areGrants(value) {
  return (
    value.length <= 2048 &&
    value.split(' ').every((grant) => /^(\*|[a-z0-9][a-z0-9._-]{0,63}\*?):(-|[rwm]{1,3})$/.test(grant))
  );
}

function isHttpsUrl(value) {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

/** Scopes as RFC 6749 writes them. */
function isScope(value) {
  return (
    value.length <= 256 &&
    /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value) &&
    value.split(' ').includes('openid')
  );
}

/** Each ends up in the page's CSP, where a path or a wildcard would mean something else. */
function areProviderOrigins(value) {
  const origins = value.split(',');
  return (
    origins.length <= 8 &&
    origins.every(
      (origin) => isHttpsUrl(origin) && /^[a-z0-9.:/-]+$/.test(origin) && new URL(origin).origin === origin,
    )
  );
}

function areOrigins(value) {
  return value.split(',').every((origin) => isWebOrigin(origin) || isAppOrigin(origin));
}

function isWebOrigin(origin) {
  return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}

/** Schemes that are no app's: their pages have no origin, or another one. */
const notOfApps = /^(https?|wss?|ftp|file|data|blob|about|javascript):/;

/** What WebViews of apps send: the app's own scheme and a host. */
function isAppOrigin(origin) {
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin) && !notOfApps.test(origin);
}

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

/** CloudFront reads web ACLs from this Region only. */
const WEB_ACL_REGION = 'us-east-1';

/** CloudFront delivers no logs to buckets in these (CloudFront Developer Guide, standard logging to S3). */
const withoutAccessLogs = new Set(
  (
    'af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ' +
    'ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1'
  ).split(' '),
);

const otherPartition = /^(cn|us-gov|us-iso|eu-iso|eusc)/;

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
    found.push('monthlyBudget needs alarmEmail, or nobody would be told');

  if (given.guests === 'off' && !given.oidcIssuer)
    found.push('guests=off needs oidcIssuer, oidcAudience and oidcJwksUrl, or nobody could sign in');

  if (given.oidcClientId && !given.oidcIssuer)
    found.push('oidcClientId needs oidcIssuer, oidcAudience and oidcJwksUrl');

  if (given.oidcOrigins && !given.oidcClientId)
    found.push('oidcOrigins needs oidcClientId: without it the page offers no sign-in');

  if (given.alarmEmail && given.watch === 'logs')
    found.push('alarmEmail needs watch=metrics or watch=all, or the alarms had nothing to read');

  if (stage !== undefined && !stageName.test(stage))
    found.push('the stage must be 1 to 12 lower-case letters, digits and hyphens');

  if (region !== undefined && region !== WEB_ACL_REGION && given.webAcl === 'on' && !given.webAclArn)
    found.push(
      `webAcl=on needs webAclArn outside ${WEB_ACL_REGION}: npm run web-acl makes the web ACL and prints its ARN`,
    );

  if (region !== undefined && withoutAccessLogs.has(region) && given.accessLogs === 'on')
    found.push(`accessLogs=on is not possible in ${region}, where CloudFront delivers no logs`);

  if (region !== undefined && otherPartition.test(region))
    found.push(`${region} is outside the commercial partition, the only one this stack is written for`);

  return found;
}

/**
 * Problems as one line.
 * @param {string[]} found
 */
const refusal = (found) => `Parameters: ${found.join('; ')}.`;

/**
 * @param {Record<string, string>} given
 * @returns {any} the same with the defaults of the parts of `hardened`
 */
function withDefaults(given) {
  const kind = given.hardened === 'on' ? 'hardened' : 'usual';
  /** @type {[string, import('./types').Accepted][]} */
  const entries = Object.entries(accepted);
  return Object.fromEntries(
    entries.map(([name, { defaults }]) => [name, given[name] || (defaults?.[kind] ?? '')]),
  );
}

/**
 * The parameters of this run.
 * @param {import('./types').Context} context
 * @returns {Promise<import('./types').Parameters>}
 */
async function parameters({ resolveVariable }) {
  const values = Object.keys(accepted).map(async (name) => [
    name,
    String((await resolveVariable(`param:${name}`)) ?? ''),
  ]);
  return withDefaults(Object.fromEntries(await Promise.all(values)));
}

module.exports = Object.assign(parameters, { accepted, problems, refusal, WEB_ACL_REGION });
