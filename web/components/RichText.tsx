import { memo } from 'react';
import { splitLinks } from '../pure/links';

/** A foreign text as text, with its web addresses as links. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  let at = 0;
  return splitLinks(text).map((piece) => {
    const key = at;
    at += piece.text.length;
    return piece.type === 'text' ? (
      piece.text
    ) : (
      <a key={key} href={piece.href} title={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    );
  });
});
