import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { cutText } from '../pure/graphemes';
import { splitLinks } from '../pure/links';
import { mayHaveMarkup } from '../pure/markup';

interface Props {
  text: string;
  /** The longest line, in UTF-16 units. */
  units: number;
  children(line: string): ReactNode;
}

// As in RichText: without a parser the marks stay.
const Unmarked = lazy(() => import('../pure/markdown').then(withParser, () => ({ default: AsTyped })));

function withParser({ parseMarkdown, wordsOf }: typeof import('../pure/markdown')) {
  function WordsOnly({ text, ...rest }: Props) {
    const words = useMemo(() => wordsOf(parseMarkdown(text, splitLinks)) || text, [text]);
    return <AsTyped text={words} {...rest} />;
  }
  return { default: WordsOnly };
}

/** The beginning of a foreign text in one line, without its marks. */
export function Excerpt(props: Props) {
  const typed = <AsTyped {...props} />;
  if (!mayHaveMarkup(props.text)) return typed;
  return (
    <Suspense fallback={typed}>
      <Unmarked {...props} />
    </Suspense>
  );
}

function AsTyped({ text, units, children }: Props) {
  return children(cutText(text, units));
}
