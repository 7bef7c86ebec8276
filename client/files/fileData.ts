import type { Data, MessageContent } from '../../lib/protocol';
import type { AboutFile } from './fileTypes';

/** Those of ten files fit into a message's data. */
const MAX_ALT_CHARACTERS = 80;
const MAX_PIXELS = 100_000;

/** Adds what is told of files to a message's data, at `files` and by their ids. */
export function withAbout(
  data: MessageContent['data'],
  files: readonly { id: string; about: AboutFile }[],
): Data | undefined {
  const told = files.flatMap(({ id, about: { alt, width, height } }) => {
    const about = {
      ...(alt && { alt: [...alt].slice(0, MAX_ALT_CHARACTERS).join('') }),
      ...(width && height && { width, height }),
    };
    return Object.keys(about).length > 0 ? [[id, about] as const] : [];
  });
  return told.length === 0 ? data : { ...data, files: Object.fromEntries(told) };
}

/** Reads what a message tells of a file. Its sender may have written anything there. */
export function aboutFile({ data }: Pick<MessageContent, 'data'>, id: string): AboutFile {
  const { alt, width, height } = recordIn(recordIn(data, 'files'), id);
  return {
    ...(typeof alt === 'string' && { alt: alt.slice(0, MAX_ALT_CHARACTERS) }),
    ...(isLength(width) && isLength(height) && { width, height }),
  };
}

function recordIn(value: unknown, key: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return {};
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MAX_PIXELS;
}
