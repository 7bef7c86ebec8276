import type { RoomTitle } from '../pure/roomTitle';

/** The name of a room, or of the other user of a direct room. */
export function RoomName({ title: { text, mark } }: { title: RoomTitle }) {
  return (
    <>
      <bdi>{text}</bdi>
      {mark && (
        <>
          {' '}
          <code className="mark">{mark}</code>
        </>
      )}
    </>
  );
}
