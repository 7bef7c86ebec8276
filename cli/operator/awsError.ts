/**
 * Says in a sentence what an error of the AWS SDK means and what to do. `permission` is the one that the call needs.
 */
export function sentenceOf(error: unknown, permission: string): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ''] = (error.message || error.name).split('\n');
  if ('code' in error && error.code === 'ECONNREFUSED')
    return `${line}. Nothing answers there: run \`npm start\`, and take the variables that it prints.`;
  switch (error.name) {
    case 'CredentialsProviderError':
      return 'No AWS credentials were found. Sign in as for the AWS CLI, or set AWS_PROFILE.';
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return `${line} Sign in again as for the AWS CLI.`;
    case 'AccessDenied':
    case 'AccessDeniedException':
      return `${line} Your AWS identity needs ${permission}.`;
    case 'ResourceNotFoundException':
      return `${line} Check --stage and --region, and whether the deployed version has this function.`;
    default:
      return line;
  }
}
