import type { MessageEntry, MessagePreview } from '../protocol';

/** Gives the beginning of a message, of some characters at most. */
export function previewOf({ seq, at, from, text }: MessageEntry, characters: number): MessagePreview {
  return { seq, at, from, text: [...text].slice(0, characters).join('') };
}
