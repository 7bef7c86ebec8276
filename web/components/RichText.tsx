import { lazy, memo, Suspense } from 'react';
import { splitLinks } from '../pure/links';
import { mayHaveMarkup } from '../pure/markup';
import { Link } from './Link';
import { Markdown } from './Markdown';

// A page that shows no markup loads no parser. Without a parser the texts stay as they are.
const MarkedText = lazy(() => import('../pure/markdown').then(withParser, () => ({ default: PlainText })));

function withParser({ parseMarkdown }: typeof import('../pure/markdown')) {
  return { default: ({ text }: TextProps) => <Markdown parts={parseMarkdown(text, splitLinks)} /> };
}

interface TextProps {
  text: string;
}

/** A foreign text with its markup, and its web addresses as links. */
export const RichText = memo(function RichText({ text }: TextProps) {
  const plain = <PlainText text={text} />;
  if (!mayHaveMarkup(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <MarkedText text={text} />
    </Suspense>
  );
});

function PlainText({ text }: TextProps) {
  let at = 0;
  const pieces = splitLinks(text).map((piece) => {
    const key = at;
    at += piece.text.length;
    return piece.type === 'text' ? piece.text : <Link key={key} text={piece.text} href={piece.href} />;
  });
  return <>{pieces}</>;
}
