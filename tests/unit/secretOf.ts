import type { Secret } from '../../lib/auth/secretCache';

/** A secret of given values; what it is read again for is in `rereads`. */
export function secretOf(values: string[], later: string[] = values): Secret & { rereads: number } {
  const secret = {
    rereads: 0,
    values: async () => values,
    reread: async () => {
      secret.rereads++;
      return later;
    },
  };
  return secret;
}
