import { isIP } from 'node:net';

/** Headers by name, in any case, each with its value or values. */
type Headers = Record<string, string | readonly string[] | undefined>;

/** Where a request came from, in a form that is safe in a log. */
export interface Viewer {
  /** The client's IP address, without its port. */
  address?: string;
  /** What the browser calls the page's origin. */
  origin?: string;
}

/** The longest origin that is logged, in characters. */
const MAX_ORIGIN = 200;

/**
 * Reads where a request came from, by headers that CloudFront has set or passed on. What does not look like an address
 * or an origin is left out. Without CloudFront a stranger can write into these headers: check the origin secret first.
 */
export function viewerOf(headers: Headers): Viewer {
  const [address, origin] = [addressIn(only(headers, 'cloudfront-viewer-address')), only(headers, 'origin')];
  return {
    ...(address !== undefined && { address }),
    ...(origin !== undefined && isOrigin(origin) && { origin }),
  };
}

/** The address in `192.0.2.1:443`, `[2001:db8::1]:443` or `2001:db8::1:443`. */
function addressIn(value = ''): string | undefined {
  const address = value.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  // A zone (`%eth0`) may hold any character.
  return isIP(address) > 0 && !address.includes('%') ? address : undefined;
}

/** Printable ASCII, and as long as an origin may be. */
const isOrigin = (value: string) => value.length <= MAX_ORIGIN && /^[\x21-\x7e]+$/.test(value);

/** The value of a header that was sent once. */
function only(headers: Headers, name: string): string | undefined {
  const values = Object.entries(headers).flatMap(([key, value]) =>
    key.toLowerCase() === name ? (value ?? []) : [],
  );
  return values.length === 1 ? values[0] : undefined;
}
