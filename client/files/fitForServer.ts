import { LIMITS, TILE_BYTES } from '../../lib/protocol';
import { ChatError } from '../common/errors';

const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\p{Bidi_Control}]/gu;
const TYPE = /^[a-z0-9][a-z0-9.+-]{0,31}\/[a-z0-9][a-z0-9.+-]{0,79}$/;
const MAX_EXTENSION = 12;

/** A name that the server takes: the last part of a path, nothing that hides it, shortened before its extension. */
export function fitName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const clean = last.replace(UNFIT, '').trim().replace(/^\.+/, '');
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && clean.length - dot <= MAX_EXTENSION ? clean.slice(dot) : '';
  const stem = clean.slice(0, clean.length - extension.length);
  return [...stem].slice(0, LIMITS.fileNameCharacters - extension.length).join('') + extension || 'file';
}

/** A media type without its parameters; of a file that has none, that of any bytes. */
export function fitType(type: string): string {
  const [bare = ''] = type.toLowerCase().split(';');
  return TYPE.test(bare.trim()) ? bare.trim() : 'application/octet-stream';
}

/** Tells whether the server takes this as the tile of a picture. */
export function fitsAsTile({ type, size }: Blob): boolean {
  return /^image\/(?:jpeg|png|webp)$/.test(type) && size > 0 && size <= TILE_BYTES;
}

/** Why a file is not sent, if it is not. */
export function problemWithFile({ size }: Pick<Blob, 'size'>): ChatError | undefined {
  if (size > 0 && size <= LIMITS.fileBytes) return undefined;
  const reason = size === 0 ? 'is empty' : `is larger than ${LIMITS.fileBytes / 1024 / 1024} MB`;
  return new ChatError('badField', `The file ${reason}.`);
}
