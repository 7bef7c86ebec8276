import { optional, required } from '../util/environment';

/** What requests to AWS are signed with. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Reads the function's credentials as Lambda sets them. @throws Error that names what is missing. */
export function readCredentials(env: Record<string, string | undefined>): Credentials {
  const sessionToken = optional(env, 'AWS_SESSION_TOKEN');
  return {
    accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** Tells whether two sets of credentials sign alike. */
export function isSameCredentials(a: Credentials, b: Credentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId &&
    a.secretAccessKey === b.secretAccessKey &&
    a.sessionToken === b.sessionToken
  );
}
