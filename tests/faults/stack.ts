import type { Fault } from './fault';

const LIMITS = 'tests/template/limits.rules.ts';
const EDGE = 'tests/template/distribution.rules.ts';
const APIS = 'tests/template/apis.rules.ts';
const ACCESS = 'tests/template/access.rules.ts';
const STACK = 'tests/template/stack.test.ts';
const PARAMETERS = 'tests/template/parameters.test.ts';
const DEPLOY = 'tests/deploy/deploy.test.ts';
const FAILURES = 'tests/deploy/failures.test.ts';
const POLICY = 'tests/deploy/pages.test.ts';
const DOCTOR = 'tests/doctor/conformance.test.ts';
const LOGGED = 'tests/telemetry/logged.test.ts';
const SERVICES = 'tests/awsHttp/services.test.ts';
const SUPPLY = 'tests/supply/supply.test.ts';

/** Rows S1 to S9, A4 and A6, and what was missing against OWASP's and AWS's lists (M1 to M5): the stack on AWS. */
export const STACK_FAULTS: readonly Fault[] = [
  {
    id: 'S1',
    fault: 'An alarm reads more metrics than CloudWatch allows',
    tests: [[LIMITS, 'every documented limit of its types holds']],
  },
  {
    id: 'S2',
    fault: 'A name of the stack is taken in another Region of the account',
    tests: [[LIMITS, 'a name that an account has once carries stage and Region']],
  },
  {
    id: 'S3',
    fault: "The deployer's policy lacks read permissions that a deployment needs",
    tests: [
      [POLICY, 'CloudFormation may read every type of the template, as the providers’ schemas say'],
      [DEPLOY, 'did nothing that the policies of its stage do not allow'],
    ],
  },
  {
    id: 'S4',
    fault: "The stack overwrites the account's role for API logs",
    tests: [[DEPLOY, "keeps another log role of API Gateway's, and its own while it is the account's"]],
  },
  {
    id: 'S5',
    fault: 'The doctor reports a stack that is set up as recommended',
    tests: [[DOCTOR, 'finds that everything holds in that room, whatever was written there before']],
  },
  {
    id: 'S6',
    fault: "A function's environment is larger than Lambda allows",
    tests: [[PARAMETERS, 'counts the environment of each function, whose size Lambda limits']],
  },
  {
    id: 'S7',
    fault: 'The runbook names another state after a failed first deployment',
    tests: [[FAILURES, 'the runbook names the state of a first deployment that failed']],
  },
  {
    id: 'S8',
    fault: 'Another allowed origin gets no token, and app schemes are refused',
    tests: [
      ['tests/local/cors.test.ts', 'answers the preflight of %s'],
      [PARAMETERS, 'origins of apps'],
      [PARAMETERS, 'a domain in punycode'],
    ],
  },
  {
    id: 'S9',
    fault: 'Parts of the template depend on what AWS does not promise',
    tests: [
      [APIS, 'the header in another case than CloudFront sends'],
      [APIS, 'before there is an API'],
      [APIS, 'a log of another name'],
      [LIMITS, 'a name that CloudFormation would cut'],
      [FAILURES, 'a new account'],
      [SERVICES, 'finds all services at AWS_ENDPOINT_URL, but for one with an endpoint of its own'],
    ],
  },
  {
    id: 'A4',
    fault: 'An address has no limit of its own',
    tests: [
      ['tests/client/sockets.test.ts', 'keeps a socket whose ping API Gateway throttles, and pings again'],
      [STACK, 'is hardened by one switch, but for what is given'],
    ],
  },
  {
    id: 'A6',
    fault: "The deployer's policy makes its holder an administrator",
    tests: [
      [POLICY, 'iam:%s is for roles within the boundary'],
      [POLICY, 'reads the secrets of its stage only'],
      [POLICY, 'has no %s on %s'],
      [DEPLOY, 'may do none of it for another stage'],
    ],
  },
  {
    id: 'M1',
    fault: 'The log does not say which user connected, from where, and why a client was refused',
    tests: [
      [
        LOGGED,
        'connections and refusals name the user, the address and the origin, whatever a stranger sends',
      ],
      ['tests/unit/viewer.test.ts', 'no origin is read from %j'],
    ],
  },
  {
    id: 'M2',
    fault: 'Answers of /api/* lack nosniff and HSTS, and CloudFront keeps an error for ten seconds',
    tests: [
      [EDGE, 'an answer of the HTTP API is neither sniffed nor downgraded'],
      [EDGE, 'no error page masks a refusal, and no error is kept'],
    ],
  },
  {
    id: 'M3',
    fault: 'Access logs, protected tables, alarms and an expiry take a parameter each',
    tests: [
      [STACK, 'is hardened by one switch, but for what is given'],
      [DEPLOY, 'is hardened by one switch, and removed though its tables are protected'],
    ],
  },
  {
    id: 'M4',
    fault: 'A package that nobody looked at runs a script while it is installed',
    tests: [[SUPPLY, 'is what was meant, from the registry, to the bit, with no script but the listed ones']],
  },
  {
    id: 'M5',
    fault: 'A function that delivers messages may change every attribute of a message',
    tests: [[ACCESS, 'an update of a message, or of what has gone, is limited to attributes']],
  },
];
