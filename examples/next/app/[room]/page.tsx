import { parseRoom } from 'edge-chat/protocol';
import { notFound } from 'next/navigation';
import { Room } from './Room';

/** Renders on the server, for each room that the address names. */
export default async function Page({ params }: { params: Promise<{ room: string }> }) {
  const { room } = await params;
  if (parseRoom(room) === undefined) notFound();
  return (
    <main>
      <h1>{room}</h1>
      <Room name={room} />
    </main>
  );
}
