/**
 * Failures that people meet while they deploy, as what to do about them. The first that fits counts.
 * @type {[fits: (error: Error) => boolean, sentence: (error: Error, region: string) => string][]}
 */
const known = [
  [
    named('AWS_CREDENTIALS_NOT_FOUND', 'CredentialsProviderError'),
    () => 'No AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [
    named('ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'),
    () => 'The AWS credentials have expired: sign in again.',
  ],
  [
    named('InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'AuthFailure'),
    (_error, region) =>
      `AWS does not know these credentials in ${region}: are they current, and is the Region enabled for the account?`,
  ],
  [
    named('SignatureDoesNotMatch'),
    () => "The secret access key does not fit the access key id, or this machine's clock is wrong.",
  ],
  [
    named('RegionDisabledException', 'OptInRequired'),
    (_error, region) => `The Region ${region} is not enabled for this account.`,
  ],
  [
    named('ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'TimeoutError'),
    (_error, region) => `AWS cannot be reached in ${region}: is there such a Region, and is there a network?`,
  ],
  [
    saying(/must be verified before you can add.*CloudFront/i),
    () =>
      'AWS has not verified this account for CloudFront yet: open a case with AWS Support, then deploy again.',
  ],
  [
    saying(/CNAMEAlreadyExists|alias(es)?.*already associated|One or more of the CNAMEs/i),
    () =>
      'The name is taken: another CloudFront distribution answers for this domain. Take the domain off that one, then deploy again.',
  ],
  [
    saying(/already exists/i),
    (error) =>
      `The name is taken: ${firstSentence(error)}. Something outside this stack has it: remove that, or deploy to another stage.`,
  ],
  [
    (error) =>
      named('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation')(error) || notAllowed(error),
    (error) =>
      `These credentials may not do that: ${firstSentence(error)}. docs/deploy.md has the policy that deploying needs.`,
  ],
];

const notAllowed = saying(/is not authorized to perform/i);

function named(...names) {
  return (error) => names.includes(error.name) || names.includes(error.code);
}

function saying(pattern) {
  return (error) => pattern.test(error.message);
}

/** The first line, without the framework's own words around it. */
const firstSentence = ({ message }) =>
  message
    .split('\n')[0]
    .replace(/^An error occurred: \w+ - /, '')
    .replace(/\.+$/, '');

/**
 * What to do about a failure, in one line. Nothing for an unknown error.
 * @param {Error} error
 * @param {string} region
 */
module.exports = (error, region) => {
  const [, sentence] = known.find(([fits]) => fits(error)) ?? [];
  return sentence?.(error, region);
};
