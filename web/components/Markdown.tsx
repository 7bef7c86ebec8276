import { createElement, type ReactNode } from 'react';
import type { Markup } from '../pure/markdown';
import { Link } from './Link';

/** A foreign text with its markup, as elements. */
export function Markdown({ parts }: { parts: readonly Markup[] }) {
  return <div className="markup">{elementsOf(parts)}</div>;
}

function elementsOf(parts: readonly Markup[]): ReactNode[] {
  // The parts of a text have no names of their own, and never change their order.
  return parts.map((part, key) => elementOf(part, key));
}

function elementOf(part: Markup, key: number): ReactNode {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'link':
      return <Link key={key} text={part.text} href={part.href} />;
    case 'code':
      return <code key={key}>{part.text}</code>;
    case 'pre':
      return (
        <pre key={key}>
          <code>{part.text}</code>
        </pre>
      );
    default: {
      const { type, start, parts } = part;
      return createElement(
        type,
        { key, dir: 'auto', ...(start !== undefined && { start }) },
        elementsOf(parts),
      );
    }
  }
}
