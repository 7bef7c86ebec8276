import { createHash } from 'node:crypto';
import type { MessageContent } from '../protocol';

/** 48 bits: a repeat differs by mistake, not by design, and a row pays for every byte. */
const HASH_CHARACTERS = 8;

/**
 * Hashes what a message is sent with, of its files the ids. So a repeat with another content is noticed after the words
 * are gone.
 */
export function hashContent(
  { text, kind, data, replyTo, mentions }: MessageContent,
  files?: readonly string[],
): string {
  return hash([text, kind, data, replyTo, mentions, ...(files ? [files] : [])]);
}

/** Hashes what a change is sent with: the target and, for an edit, the words. */
export function hashChange(of: number, content?: MessageContent): string {
  return hash([of, content && hashContent(content)]);
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, HASH_CHARACTERS);
}
