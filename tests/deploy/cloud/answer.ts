/** What a service answers: a status, headers, a body. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A request, read: what is asked of which service, and how. */
export interface Asked {
  service: string;
  region: string;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** A recorded call: its service, action and resource. */
export interface Call {
  service: string;
  action: string;
  resource: string;
  region: string;
}

/** A service: it says which call that was, and answers. @throws Refusal */
export type Service = (asked: Asked, say: (action: string, resource: string) => void) => Answer;

/** A failure in the words of AWS; each protocol has its own form for it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

type Xml = string | number | boolean | undefined | Xml[] | { [name: string]: Xml };

/** XML as AWS writes it; the items of a list are called `member` unless named. */
export function xml(name: string, value: Xml, item = 'member'): string {
  if (value === undefined) return '';
  return `<${name}>${content(value, item)}</${name}>`;
}

function content(value: Xml, item: string): string {
  if (Array.isArray(value)) return value.map((each) => xml(item, each, item)).join('');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => xml(name, inner, item))
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

export const xmlAnswer = (body: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
});
