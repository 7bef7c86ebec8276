import { BAD_LINK } from '../pure/hashLinks';
import { Logo } from './Logo';

interface Props {
  room: string;
  /** The address names an invalid room. */
  isBadLink: boolean;
}

/** The head of a card that leads into a room. */
export function CardHead({ room, isBadLink }: Props) {
  return (
    <>
      <Logo />
      <h1>
        Join <bdi>#{room}</bdi>
      </h1>
      {isBadLink && (
        <p className="wrong" role="alert">
          {BAD_LINK}
        </p>
      )}
    </>
  );
}
