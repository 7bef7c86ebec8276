import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalPages } from '../cloudfront/server';
import { answerJson } from '../util/http';
import type { Stats } from './stats';

export const STATS_PATH = '/_stats';

const FILES: Record<string, [file: string, type: string]> = {
  '': ['index.html', 'text/html; charset=utf-8'],
  '/stats.css': ['stats.css', 'text/css; charset=utf-8'],
  '/stats.js': ['stats.js', 'text/javascript; charset=utf-8'],
};

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Serves what the functions have logged so far, as a page that follows it. */
export function statsPage(stats: Stats): LocalPages {
  const files = new Map(
    Object.entries(FILES).map(([name, [file, type]]) => [
      `${STATS_PATH}${name}`,
      { type, body: readFileSync(path.join(__dirname, 'stats', file)) },
    ]),
  );
  return (request, response) => {
    const [address = ''] = (request.url ?? '').split('?');
    if (address === `${STATS_PATH}/numbers`) {
      answerJson(response, 200, stats.snapshot(), HEADERS);
      return true;
    }
    const file = files.get(address);
    if (!file) return false;
    response.writeHead(200, { ...HEADERS, 'Content-Type': file.type, 'Content-Length': file.body.length });
    response.end(file.body);
    return true;
  };
}
