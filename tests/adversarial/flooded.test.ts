import { handleSendMessage } from '../../lib/actions/routes';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { seeded } from '../simulation/random';
import { anotherContainer, connect, createHarness, finish, type Harness } from '../unit/harness';

const PEOPLE = 10;
const SECONDS = 60;
const PAUSE_MS = 500;
const FLOOD_PER_SECOND = 1_000;
/** Containers of a flood: as many as a thousand frames a second keep busy, at some 20 ms each. */
const CONTAINERS = 20;
/** A handshake, through the authorizer and `$connect`, and a join after it. */
const RECONNECT_MS = 80;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** The other member: none, a user that sends all that is allowed, or a user that sends without end. */
type Besides = 'nobody' | 'busy' | 'flooder' | 'flooderNobodyHoldsOff';

/** A room on a database as distant as DynamoDB; functions share no processor, as on Lambda. */
function joinedRoom(seed: number) {
  const random = seeded(seed);
  const harness = createHarness();
  const wait = () => harness.clock.wait(4 + random() * 8);
  const { log, connections, sendQuotas } = harness;
  const far: Harness = {
    ...harness,
    log: {
      ...log,
      readIdentities: async (...given) => wait().then(() => log.readIdentities(...given)),
      put: async (...given) => wait().then(() => log.put(...given)),
    },
    connections: {
      ...connections,
      charge: async (...given) => wait().then(() => connections.charge(...given)),
    },
    sendQuotas: {
      ...sendQuotas,
      charge: async (...given) => wait().then(() => sendQuotas.charge(...given)),
    },
  };
  const container = () => ({ ...anotherContainer(far), floodDetector: createFloodDetector(5) });
  return { harness, container };
}

interface Measured {
  /** How long people's acknowledgements took in virtual time. */
  delays: number[];
  /** What the one besides them got done, and what not. */
  written: number;
  refused: number;
  sockets: number;
}

async function measure(seed: number, besides: Besides): Promise<Measured> {
  const { harness, container } = joinedRoom(seed);
  const { clock } = harness;
  if (besides === 'flooderNobodyHoldsOff') harness.users.startCooldown = async () => {};
  const measured: Measured = { delays: [], written: 0, refused: 0, sockets: 0 };
  const send = (room: string, id: string, after: number) =>
    JSON.stringify({ action: 'sendMessage', room, id, text: 'x', after });

  const talk = async (i: number) => {
    const who = await connect(harness, `person-${i}`, { id: `person-${i}`, name: 'P' }, ['den']);
    const context = container();
    let after = 0;
    await clock.wait((PAUSE_MS * i) / PEOPLE);
    for (let n = 0; n < (1_000 * SECONDS) / PAUSE_MS; n++) {
      const began = clock.now();
      const reply = await handleSendMessage(context, who, send('den', `message-${i}-${n}`, after));
      if (reply.type !== 'ack') throw new Error(`A good message was answered ${JSON.stringify(reply)}.`);
      after = reply.seq;
      measured.delays.push(clock.now() - began);
      await clock.wait(PAUSE_MS);
    }
  };
  const head = () => Math.max(0, (harness.rows.get('den') ?? []).length - 1);
  /** Sends so often, each time to another container, and comes back at once whenever it is closed. */
  const press = async (perSecond: number, sockets: number) => {
    const worlds = Array.from({ length: CONTAINERS }, container);
    const answers: Promise<void>[] = [];
    const enter = async () => {
      const id = `mallory-${measured.sockets++}`;
      while ((await harness.users.addConnection('mallory', id, 99, clock.now())).kind === 'coolingDown')
        await clock.wait(RECONNECT_MS);
      return connect(harness, id, { id: 'mallory', name: 'M' }, ['den']);
    };
    const open = await Promise.all(Array.from({ length: sockets }, enter));
    const began = clock.now();
    for (let n = 0; clock.now() - began < 1_000 * SECONDS; n++) {
      const context = worlds[n % CONTAINERS] ?? container();
      const who = open[n % sockets] ?? (await enter());
      if (harness.closed.includes(who.id)) {
        await clock.wait(RECONNECT_MS);
        open[n % sockets] = await enter();
      }
      const answered = handleSendMessage(context, who, send('den', `pressing-${n}`, head())).then((reply) => {
        if (reply.type === 'ack') measured.written++;
        else measured.refused++;
      });
      answers.push(answered);
      await clock.wait(1_000 / perSecond);
    }
    await Promise.all(answers);
  };

  const pressed = {
    nobody: async () => {},
    busy: () => press(10, 2),
    flooder: () => press(FLOOD_PER_SECOND, 1),
    flooderNobodyHoldsOff: () => press(FLOOD_PER_SECOND, 1),
  };
  const everybody = Array.from({ length: PEOPLE }, (_, i) => talk(i));
  await finish(harness, Promise.all([...everybody, pressed[besides]()]));
  return measured;
}

/** The same over several seeds: a single one says little of its slowest hundredth. */
async function measureAll(besides: Besides, seeds = SEEDS): Promise<Measured & { p99: number }> {
  const all: Measured = { delays: [], written: 0, refused: 0, sockets: 0 };
  for (const seed of seeds) {
    const { delays, written, refused, sockets } = await measure(seed, besides);
    all.delays.push(...delays);
    all.written += written;
    all.refused += refused;
    all.sockets += sockets;
  }
  all.delays.sort((a, b) => a - b);
  return { ...all, p99: all.delays[Math.floor(0.99 * (all.delays.length - 1))] ?? Number.NaN };
}

it('one who floods a room at 1,000 frames a second slows the others by less than a fifth', async () => {
  const quiet = await measureAll('nobody');
  const busy = await measureAll('busy');
  const flooded = await measureAll('flooder');

  const told = ({ p99, written, refused, sockets }: typeof quiet) =>
    `p99 ${p99.toFixed(1)} ms (${written} messages besides, ${refused} refused, ${sockets} sockets)`;
  const unheld = await measureAll('flooderNobodyHoldsOff', SEEDS.slice(0, 1));
  console.log(
    `Quiet: ${told(quiet)}\nbusy: ${told(busy)}\nflooded: ${told(flooded)}\nand not held off: ${told(unheld)}`,
  );
  expect(flooded.p99 / quiet.p99).toBeLessThan(1.2);
  expect(unheld.p99 / quiet.p99).toBeGreaterThan(1.5);
}, 300_000);
