/** A link of a foreign text: it shows the address that it opens, in another tab. */
export function Link({ text, href }: { text: string; href: string }) {
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
}
