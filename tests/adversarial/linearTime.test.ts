import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { readCommand } from '../../cli/chat/promptCommands';
import { printableLines, withoutEscapes } from '../../cli/terminal/terminalText';
import { readToken } from '../../client/connection/jwt';
import { readGuest } from '../../client/guests';
import { mixesScripts } from '../../lib/auth/guestNames';
import { parsePermissions } from '../../lib/auth/permissions';
import { parseRole } from '../../lib/auth/roles';
import { readSubprotocols } from '../../lib/auth/subprotocols';
import { readPartition } from '../../lib/aws/dynamodb/messagePartition';
import { parseJsonBody } from '../../lib/aws/http/serviceClient';
import { parseWakes } from '../../lib/events/parseWakes';
import { bearerToken } from '../../lib/http/bearerToken';
import { parseBanCommand } from '../../lib/operator/banCommand';
import {
  parseEraseCommand,
  parseExportCommand,
  parseReplayCommand,
  parseRoomsCommand,
  parseUsersCommand,
} from '../../lib/operator/parseCommand';
import { parsePublishCommand } from '../../lib/operator/publishCommand';
import { parseRoomCommand } from '../../lib/operator/roomCommand';
import {
  CORE_FRAMES,
  parseFrame,
  parseId,
  parseName,
  parseRoom,
  parseServerFrame,
  parseText,
  parseUserId,
} from '../../lib/protocol';
import { parseFileId } from '../../lib/protocol/contentFields';
import { text as textRule } from '../../lib/protocol/fields';
import { parseBackEndRequest } from '../../lib/protocol/parseBackEndRequest';
import { parseClientFrame, readClientMessage } from '../../lib/protocol/parseClientFrame';
import { problemWithShape, readObject } from '../../lib/protocol/parseJsonObject';
import { parseNotificationSettings, parseSubscription } from '../../lib/protocol/parsePush';
import { parseUpload } from '../../lib/protocol/parseUpload';
import { readFields } from '../../lib/protocol/readFields';
import { parseNoticeRecords, parseRowRecords } from '../../lib/push/parseRecords';
import { parseVerdict } from '../../lib/review/parseVerdict';
import { viewerOf } from '../../lib/telemetry/viewer';
import { parseJson } from '../../lib/util/json';
import { charactersLeft, readyToSend } from '../../web/pure/compose';
import { cutText, firstGrapheme } from '../../web/pure/graphemes';
import { roomAsTyped, roomInHash } from '../../web/pure/hashLinks';
import { splitLinks } from '../../web/pure/links';
import { parseMarkdown } from '../../web/pure/markdown';
import { mentionAt } from '../../web/pure/mentions';
import { initialsOf, marksOf } from '../../web/pure/people';

const ROOT = path.resolve(__dirname, '..', '..');
const SIZE = 100_000;
/** Quadratic time on 100 KB is seconds; linear time is a few milliseconds. */
const LIMIT_MS = 500;
/** A parser makes something of each character; in quadratic time it would take minutes. */
const PARSER_LIMIT_MS = 3_000;

const fill = (part: string) => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);

const HOSTILE: Record<string, string> = Object.fromEntries(
  [
    ...[
      ' ',
      '\n',
      '\t',
      '\r',
      '\u00a0',
      'a',
      '0',
      '9.',
      '.',
      '-',
      '_',
      '/',
      '\\',
      ')',
      '(',
      '[',
      ']',
      '{',
      '}',
    ],
    ...[
      '<',
      '"',
      "'",
      '#',
      '@',
      ':',
      '%',
      '=',
      ',',
      'a ',
      'a.',
      'a-',
      '(a',
      'a)',
      ' \n',
      '\r\n',
      '://',
      '"a',
    ],
    ...[
      'https://',
      'https://a.example/',
      'http:/',
      'https://a.',
      '\u001b[',
      '\u001b]8;;',
      '\u200d',
      '\u0301',
    ],
    ...['👨\u200d', '🇩', '\u202e', '\ud800', '{"a":', '[[', '\\u0000', '&amp;', '<!--', '`', '**', 'a@'],
    ...['*a', '*a_b', '~a~~', '> ', '- ', '1. a\n', '`a``', '```\n', '>- '],
  ].map((part) => [JSON.stringify(part), fill(part)]),
);

/** A text around which a pattern has to look far: it begins, goes on and never ends as the pattern wants. */
const framed = (text: string): string[] => [text, `a${text}b`, `https://a.example/${text}\u0000`];

/** Processor time in milliseconds, because other tests share the machine. */
function time(run: (text: string) => unknown, text: string): number {
  const from = process.cpuUsage();
  run(text);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

function slowest(run: (text: string) => unknown, limitMs = LIMIT_MS): { ms: number; input: string } {
  let worst = { ms: 0, input: '' };
  for (const [input, text] of Object.entries(HOSTILE))
    for (const each of framed(text)) {
      let ms = time(run, each);
      // A pause of the machine does not come twice at the same place.
      if (ms > limitMs) ms = Math.min(ms, time(run, each));
      if (ms > worst.ms) worst = { ms, input };
      if (ms > limitMs) return worst;
    }
  return worst;
}

/** Files that compose expressions while they run, with what runs them below. */
const COMPOSED: Record<string, string> = {
  'cli/terminal/terminalText.ts': 'printableLines, withoutEscapes',
  'local/util/wildcard.ts': 'matches names of the template only',
  'web/pure/links.ts': 'splitLinks',
};

const measured: string[] = [];

/** Measures how long the slowest input takes, and keeps it for the table. */
function measure(where: string, run: (text: string) => unknown, limitMs = LIMIT_MS): number {
  const { ms, input } = slowest(run, limitMs);
  measured.push(`${ms.toFixed(1).padStart(8)} ms  ${where}  ${input}`);
  return ms;
}

/** The files of the product. */
function sources(): string[] {
  const folders = ['web', 'client', 'lib', 'cli', 'local', 'handlers'];
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.d)\.tsx?$|\.mjs$/.test(file))
      .map((file) => path.join(folder, file)),
  );
}

/** Every regular expression that is written in the product, with where it is written, and the files that compose some. */
function expressions(files: readonly string[]): {
  literals: [where: string, expression: RegExp][];
  composing: string[];
} {
  const composing = new Set<string>();
  const literals = files.flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const found: [string, RegExp][] = [];
    JSON.stringify(parseSync(source, { syntax: 'typescript', tsx: file.endsWith('x') }), (_key, node) => {
      if (node?.type === 'RegExpLiteral')
        found.push([`${file} /${node.pattern}/${node.flags}`, new RegExp(node.pattern, node.flags)]);
      if (/^(New|Call)Expression$/.test(node?.type) && node.callee?.value === 'RegExp') composing.add(file);
      return node;
    });
    return found;
  });
  return { literals, composing: [...composing].sort() };
}

/** What reads a text that a stranger writes. */
const PARSERS: [name: string, run: (text: string) => unknown, limitMs?: number][] = [
  ['splitLinks', splitLinks],
  ['parseMarkdown', (text) => parseMarkdown(text, splitLinks), PARSER_LIMIT_MS],
  ['mentionAt', (text) => mentionAt(text, text.length)],
  ['readyToSend', readyToSend],
  ['charactersLeft', charactersLeft],
  ['cutText', (text) => cutText(text, 80)],
  ['firstGrapheme', firstGrapheme],
  ['initialsOf', initialsOf],
  ['roomAsTyped', roomAsTyped],
  ['roomInHash', roomInHash],
  ['parseName', parseName],
  ['parseRoom', parseRoom],
  ['parseText', parseText],
  ['parseId', parseId],
  ['parseUserId', parseUserId],
  ['parseServerFrame', parseServerFrame],
  ['parseFrame', (text) => parseFrame(text, CORE_FRAMES)],
  ['parseClientFrame', parseClientFrame],
  ['readObject', (text) => readObject(text, 'body')],
  // The size is checked before, so this one alone gets the whole text.
  ['problemWithShape', problemWithShape],
  ['readFields', (text) => readFields({ text, id: text }, { text: textRule }, {})],
  [
    'readClientMessage',
    (text) => readClientMessage({ action: 'sendMessage', room: 'lobby', text, id: text }),
  ],
  ['parseBackEndRequest', (text) => parseBackEndRequest({ id: text, text }, text)],
  [
    'parseVerdict',
    (text) => [
      parseVerdict({ verdict: 'deny', reason: text }),
      parseVerdict({ verdict: 'replace', text, data: { text } }),
    ],
  ],
  ['parseFileId', parseFileId],
  [
    'parseUpload',
    (text) => [
      parseUpload({ name: text, type: 'text/plain', bytes: 1, sha256: text }),
      parseUpload({ name: 'a', type: text, bytes: 1, sha256: text }),
      parseUpload({ name: 'a', type: 'text/plain', bytes: 1, sha256: text }),
      parseUpload({
        name: 'a',
        type: 'image/png',
        bytes: 1,
        sha256: `${'A'.repeat(43)}=`,
        tile: { type: text, bytes: 1, sha256: text },
      }),
    ],
  ],
  ['parsePermissions', parsePermissions],
  ['readSubprotocols', (text) => readSubprotocols({ 'Sec-WebSocket-Protocol': [text] })],
  ['bearerToken', bearerToken],
  ['viewerOf', (text) => viewerOf({ origin: text, 'cloudfront-viewer-address': text })],
  ['readToken', (text) => readToken(`a.${text}.b`, 0, false)],
  ['readGuest', (text) => readGuest({ token: text, expiresAt: 1, user: { id: text, name: text } })],
  ['parseJson', parseJson],
  ['parseJsonBody', (text) => parseJsonBody(Buffer.from(text))],
  ['readCommand', readCommand],
  ['parseBanCommand', orError((text) => parseBanCommand({ order: 'ban', user: text, room: text }))],
  ['parseRoomCommand', orError((text) => parseRoomCommand({ order: 'setRoom', room: 'den', title: text }))],
  ['parseExportCommand', orError((text) => parseExportCommand({ room: text }))],
  ['parseEraseCommand', orError((text) => parseEraseCommand({ room: text, user: text }))],
  ['parseReplayCommand', orError((text) => parseReplayCommand({ room: text, from: text }))],
  [
    'parseWakes',
    (text) =>
      parseWakes({
        Records: [
          { eventSource: 'aws:sqs', messageId: 'a', body: text },
          { eventSource: 'aws:dynamodb', dynamodb: { Keys: { room: { S: text } } } },
        ],
      }),
  ],
  [
    'parseRowRecords',
    (text) => parseRowRecords({ Records: [{ dynamodb: { Keys: { room: { S: text }, seq: { N: text } } } }] }),
  ],
  ['parseNoticeRecords', (text) => parseNoticeRecords({ Records: [{ messageId: 'a', body: text }] })],
  ['parseSubscription', (text) => parseSubscription({ endpoint: text, keys: { p256dh: text, auth: text } })],
  ['parseNotificationSettings', (text) => parseNotificationSettings({ level: text, mutedUntil: text })],
  ['parseRoomsCommand', orError((text) => parseRoomsCommand({ room: text }))],
  ['parseUsersCommand', orError((text) => parseUsersCommand({ order: 'bans', text, next: text }))],
  ['readPartition', readPartition],
  ['parsePublishCommand', orError((text) => parsePublishCommand({ room: text, text, id: text }))],
  ['parseRole', parseRole],
  ['mixesScripts', mixesScripts],
  ['marksOf', (text) => marksOf([{ id: 'ann', name: text }])],
  ['printableLines', printableLines],
  ['withoutEscapes', withoutEscapes],
];

/** Exported functions with the name of a parser that read no text of a stranger. */
const NOT_RUN: Record<string, string> = {
  parseSeq: 'reads a number',
  parseFanOutJob: 'reads what another function of the stack wrote',
  parseOrigin: 'reads an endpoint of the environment',
  readCredentials: 'reads the environment',
  readChatOptions: 'reads the command line',
  readContent: 'reads what the app that runs it sends',
  readOptions: 'reads what the app that runs it sets',
  readCommandLine: 'reads the command line',
  readSettings: 'reads what the deployment wrote into the page',
  readPageFiles: 'reads files of this project',
};

/** An operator's command throws what is wrong with it. */
function orError(run: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    try {
      return run(text);
    } catch (error) {
      return error;
    }
  };
}

/** The exported synchronous functions that are named as parsers are. Those that wait read a database. */
function exportedParsers(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [
      ...readFileSync(path.join(ROOT, file), 'utf8').matchAll(
        /^export function ((?:parse|read|split|decode)[A-Z]\w*)/gm,
      ),
    ].map(([, name = '']) => name),
  );
}

describe('100 KB of a stranger’s text take linear time', () => {
  const files = sources();
  const { literals, composing } = expressions(files);

  afterAll(() => console.log(measured.sort().reverse().join('\n')));

  it('finds the expressions, and those that are composed are run below', () => {
    expect(literals.length).toBeGreaterThan(50);
    expect(composing).toEqual(Object.keys(COMPOSED));
  });

  it.each(literals)('in %s', (where, expression) => {
    const every = new RegExp(expression, [...new Set(`${expression.flags}g`)].join(''));

    expect(measure(where, (text) => text.replace(every, ''))).toBeLessThan(LIMIT_MS);
  });

  it('runs every parser of a stranger’s text, or says why not', () => {
    const known = [...PARSERS.map(([name]) => name), ...Object.keys(NOT_RUN)];

    expect(exportedParsers(files).filter((name) => !known.includes(name))).toEqual([]);
    expect(Object.keys(NOT_RUN).filter((name) => !exportedParsers(files).includes(name))).toEqual([]);
  });

  it.each(PARSERS)('in %s', (name, run, limitMs = LIMIT_MS) => {
    expect(measure(name, run, limitMs)).toBeLessThan(limitMs);
  });
});
