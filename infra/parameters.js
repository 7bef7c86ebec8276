const GRANTS =
  'one or more of room:rights with a space between them: a room or its beginning and *, then letters of rwm or -';

/**
 * The stack's parameters, given as `--param="name=value"`. Their defaults are in serverless.yml; '' is "not given".
 * docs/parameters.md is made of this table.
 *
 * Optional parts of the stack are decided from them while packaging. CloudFormation conditions over '' would leave
 * every optional ARN in the template for validators and CloudFormation itself to trip over.
 *
 * Each has a test for its values, the same in words for who gave another, what it is for, and an example. One that
 * is required has a default that must not be blanked.
 */
const accepted = {
  allowedOrigins: {
    test: areOrigins,
    takes: 'a comma-separated list of origins such as https://example.com',
    means: "Origins whose pages may open a socket, instead of the stack's own",
    example: 'https://chat.example.com,https://example.com',
  },
  clientsWithoutOrigin: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether a client that sends no Origin (a terminal, a back end; never a browser) may open a socket with a good token',
    example: 'off',
  },
  oidcIssuer: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "Who signs people's tokens. Without it only guests can sign in",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
  },
  oidcAudience: {
    test: /^\S+$/,
    takes: 'a word without spaces',
    means: 'Whom the tokens must be for',
    example: '4tq7example2client9id',
  },
  oidcJwksUrl: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "Where the issuer's public keys are",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json',
  },
  oidcRoomsClaim: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces',
    required: true,
    means: 'The claim of those tokens that says what the user may do in which rooms',
    example: 'custom:rooms',
  },
  userRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means: 'What people may do whose tokens do not say: (r)ead, (w)rite, (m)oderate',
    example: '*:rw news:r staff.*:-',
  },
  guests: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether people may chat with no more than a display name',
    example: 'off',
  },
  guestRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means: 'What guests may do: (r)ead, (w)rite, (m)oderate',
    example: 'lobby:rw news:r',
  },
  domainName: {
    test: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    takes: 'a lower-case domain name',
    means: 'A domain of your own, beside the one CloudFront gives',
    example: 'chat.example.com',
  },
  certificateArn: {
    test: /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    takes: 'the ARN of a certificate in us-east-1 (CloudFront reads no other Region)',
    means: "That domain's certificate",
    example: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  },
  webAclArn: {
    test: /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
    takes: 'the ARN of a global web ACL (in us-east-1)',
    means: 'A WAF web ACL in front of everything',
    example: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/chat/11111111-2222-3333-4444-555555555555',
  },
  historyHours: {
    test: /^(0|[1-9]\d{0,5})$/,
    takes: '0 (keep for ever) or a whole number of hours',
    required: true,
    means: 'Hours for which messages are kept; 0 is for ever',
    example: '720',
  },
  logLevel: {
    test: /^(debug|info|warn|error)$/,
    takes: 'debug, info, warn or error',
    required: true,
    means: 'The least important lines that the functions log',
    example: 'debug',
  },
  watch: {
    test: /^(logs|metrics|all)$/,
    takes: 'logs, metrics or all',
    required: true,
    means:
      'What CloudWatch is given: log lines alone, metrics in them, or a dashboard and alarms besides ([what they cost](monitoring.md#what-it-costs))',
    example: 'all',
  },
  tracing: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether X-Ray traces invocations of the functions',
    example: 'on',
  },
  requestsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      "The account's API Gateway quota of requests a second in this Region, which posts to sockets stay below",
    example: '2500',
  },
  framesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'Frames a second that the WebSocket API takes; for a moment twice as many. The tables serve at most 4 writes and 20 reads for each',
    example: '5000',
  },
  handshakesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'Handshakes a second that the WebSocket API takes; for a moment twice as many. The account has a quota of new connections besides',
    example: '100',
  },
  connectionsPerUser: {
    test: /^[1-9]\d{0,2}$/,
    takes: 'a whole number from 1 to 999',
    required: true,
    means: 'How many connections a user may have at a time; those that gave no sign of life make room',
    example: '10',
  },
  sendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means: "Messages a second that one connection may send; for a moment four seconds' worth",
    example: '20',
  },
  userSendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    means:
      'Messages a second that one user may send, over all connections and back ends together; twice `sendsPerSecond` unless given',
    example: '10',
  },
  presenceSeconds: {
    test: (value) => /^\d{2,4}$/.test(value) && Number(value) >= 30 && Number(value) <= 1800,
    takes: 'a whole number from 30 to 1800',
    required: true,
    means:
      'How long a connection that sends nothing counts as present: three times as long as its client takes between pings',
    example: '900',
  },
  tokensPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'Guest tokens a second that are given out, and messages a second taken from back ends over HTTP; for a moment twice as many',
    example: '10',
  },
  alarmEmail: {
    test: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    takes: 'an e-mail address',
    means: 'Who is told by the alarms, which this alone brings too',
    example: 'ops@example.com',
  },
  monthlyBudget: {
    test: /^[1-9]\d{0,6}$/,
    takes: 'a whole number of US dollars',
    means:
      "A month's bill of the whole account of which alarmEmail is told: when 80 % is spent, and when all of it is forecast to be",
    example: '50',
  },
  reservedConcurrency: {
    test: /^[1-9]\d{0,3}$/,
    takes: 'a whole number from 1 to 9999',
    means:
      "How many of the account's concurrent executions each function has for itself, and the most it runs at. A new account has none to give",
    example: '50',
  },
  originSecretVersion: {
    test: /^[\w-]{32,64}$/,
    takes: "a secret's version id",
    means:
      'The version of the origin secret that CloudFront sends, instead of the current one. `npm run rotate` needs none',
    example: '11111111-2222-3333-4444-555555555555',
  },
  apiLogRole: {
    test: /^(create|exists)$/,
    takes: 'create or exists',
    required: true,
    means: "Whether the account and Region have API Gateway's log role already",
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
  messagesTable: {
    test: /^[\w.-]{3,255}$/,
    takes: 'the name of a DynamoDB table',
    means: 'A message table that an earlier stack left behind, to go on with',
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

  if (given.alarmEmail && given.watch === 'logs')
    found.push('alarmEmail needs watch=metrics or watch=all, or the alarms had nothing to read');

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

module.exports = Object.assign(parameters, { accepted, problems });
