/** Where requests go. */
export interface Origin {
  isSecure: boolean;
  hostname: string;
  port: number;
  /** The `Host` header: with the port where that is not the scheme's own. */
  host: string;
  /** What every path begins with; empty, or with a slash at its start and none at its end. */
  basePath: string;
}

/** Reads an endpoint. @throws Error that names it, when it is not an http or https URL. */
export function parseOrigin(endpoint: string): Origin {
  const { protocol, hostname, port, host, pathname } = readUrl(endpoint);
  const isSecure = protocol === 'https:';
  return {
    isSecure,
    // Brackets mark an IPv6 address in a URL, and are no part of it.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    host,
    basePath: pathname.replace(/(?<!\/)\/+$/, ''),
  };
}

function readUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error(`The endpoint ${endpoint} must be an http or https URL.`);
  return url;
}
