import type { User } from '../../lib/protocol';

/** Names the users that are typing. It keeps its height when empty, so that the layout stays. */
export function TypingLine({ typing }: { typing: readonly User[] }) {
  return (
    <p className="typing">
      {typing.length > 0 && (
        <>
          <span className="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="typing-text">
            <Sentence typing={typing} />
          </span>
        </>
      )}
    </p>
  );
}

function Sentence({ typing }: { typing: readonly User[] }) {
  const [first, second, ...others] = typing.map(({ id, name }) => <bdi key={id}>{name}</bdi>);
  if (second === undefined) return <>{first} is typing…</>;
  if (others.length === 0)
    return (
      <>
        {first} and {second} are typing…
      </>
    );
  return (
    <>
      {first}, {second} and {others.length} more are typing…
    </>
  );
}
