const BEARER = /^bearer +([\w.~+/=-]+)$/i;

/** Reads the token of an `Authorization` header, or gives `undefined`. */
export function bearerToken(authorization = ''): string | undefined {
  return BEARER.exec(authorization)?.[1];
}
