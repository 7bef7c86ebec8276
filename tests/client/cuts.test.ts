import { Transform } from 'node:stream';
import WebSocket from 'ws';
import { type Chat, createChat, type Room, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import type { Tunnel } from '../../local/cloudfront/tunnel';
import { sharedStack } from '../local/sharedStack';
import { seeded } from '../simulation/random';

jest.setTimeout(90_000);

const CUTS = 10;
const NAMES = ['Ann', 'Ben', 'Cem'];
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** A client, and its number of lost connections. */
interface Person {
  chat: Chat;
  room: Room;
  lost: number;
}

describe(`the client on the local stack, its sockets cut at random bytes (SEED=${seed})`, () => {
  const random = seeded(seed);
  const people: Person[] = [];

  // The cuts end when every client had its own: a page larger than a socket's bytes would never arrive whole.
  const isOver = () => people.length === NAMES.length && people.every(({ lost }) => lost >= CUTS);

  /** Ends each socket in the middle of some frame, or of the handshake. */
  const tunnel: Tunnel = (cut) => {
    let left = Math.floor(300 + random() * 4_000);
    const between = () =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          const passed = isOver() ? chunk.length : Math.min(left, chunk.length);
          left -= passed;
          this.push(chunk.subarray(0, passed));
          if (passed < chunk.length) setImmediate(cut);
          done();
        },
      });
    return { toOrigin: between(), toViewer: between() };
  };
  const stack = sharedStack({ hooks: { tunnel } });

  async function enter(name: string): Promise<Person> {
    const { token } = await signInGuest(`${stack.url}/api/token`, name);
    const chat = createChat({
      url: stack.socketUrl,
      token: () => token,
      open: webSocketFrom(WebSocket),
      // The waits of the real client, fifty times shorter.
      random: () => random() / 50,
      onError: () => {},
    });
    const person: Person = { chat, room: chat.room('cuts'), lost: 0 };
    people.push(person);
    chat.on('state', ({ kind: now }) => {
      if (now === 'connecting') person.lost += 1;
    });
    chat.connect();
    await person.room.join();
    return person;
  }

  it(`shows three people all messages, once and in one order, through ${CUTS} cuts each`, async () => {
    await Promise.all(NAMES.map(enter));
    const heard = people.map(({ room }) => {
      const seqs: number[] = [];
      room.on('message', ({ seq }) => seqs.push(seq));
      return seqs;
    });
    const sent: string[] = [];

    const talk = async ({ room, chat }: Person, at: number) => {
      for (let number = 1; !isOver(); number++) {
        const text = `${chat.user?.name} ${number} ${'.'.repeat(random() * 200)}`;
        await room.send(text);
        sent.push(text);
        if (at === 0 && number > 2_000) throw new Error('The sockets are hardly ever cut.');
      }
    };
    await Promise.all(people.map(talk));
    const [ann] = people;
    const last = await ann?.room.send('the last');
    await Promise.all(
      people.map(
        ({ room }) =>
          new Promise<void>((resolve) => {
            const look = () => {
              if (room.snapshot.cursor === last?.seq) resolve();
            };
            room.on('change', look);
            look();
          }),
      ),
    );

    const all = people.map(({ room }) => room.snapshot.messages.map(({ text }) => text));
    expect([...(all[0] ?? [])].sort()).toEqual([...sent, 'the last'].sort());
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
    for (const seqs of heard) expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    console.info(`${people.map(({ lost }) => lost).join(', ')} cuts, ${sent.length + 1} messages`);
    for (const { chat } of people) chat.close();
  });
});
