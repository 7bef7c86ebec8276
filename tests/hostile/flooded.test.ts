import { answerSend } from '../../lib/answer';
import { createFloodWatch } from '../../lib/flood';
import { seeded } from '../simulation/random';
import { anotherContainer, connect, finish, type Stage, setStage } from '../unit/stage';

const PEOPLE = 10;
const SECONDS = 20;
const PAUSE_MS = 500;
const FLOOD_PER_SECOND = 1_000;
/** Containers a flood is spread over: as many as a thousand frames a second keep busy, at some 20 ms each. */
const CONTAINERS = 20;

/** A room on a database as far away as DynamoDB is; nobody shares a processor, as nobody does on Lambda. */
function setScene() {
  const random = seeded(7);
  const stage = setStage();
  const wait = () => stage.clock.wait(4 + random() * 8);
  const { log, connections } = stage;
  const far: Stage = {
    ...stage,
    log: {
      ...log,
      slots: async (...given) => wait().then(() => log.slots(...given)),
      put: async (...given) => wait().then(() => log.put(...given)),
    },
    connections: {
      ...connections,
      charge: async (...given) => wait().then(() => connections.charge(...given)),
    },
  };
  const container = () => ({ ...anotherContainer(far), flood: createFloodWatch(5) });
  return { stage, container };
}

/** How long acknowledgements took in virtual time, the fastest first, while somebody floods the room or not. */
async function measure(isFlooded: boolean): Promise<{ delays: number[]; refused: number }> {
  const { stage, container } = setScene();
  const { clock } = stage;
  const delays: number[] = [];
  let refused = 0;
  const send = (room: string, id: string, after: number) =>
    JSON.stringify({ action: 'sendMessage', room, id, text: 'x', after });

  const talk = async (i: number) => {
    const who = await connect(stage, `person-${i}`, { id: `person-${i}`, name: 'P' }, ['den']);
    const world = container();
    let after = 0;
    await clock.wait((PAUSE_MS * i) / PEOPLE);
    for (let n = 0; n < (1_000 * SECONDS) / PAUSE_MS; n++) {
      const began = clock.now();
      const reply = await answerSend(world, who, send('den', `message-${i}-${n}`, after));
      if (reply.type !== 'ack') throw new Error(`A good message was answered ${JSON.stringify(reply)}.`);
      after = reply.seq;
      delays.push(clock.now() - began);
      await clock.wait(PAUSE_MS);
    }
  };
  const flood = async () => {
    const who = await connect(stage, 'mallory-1', { id: 'mallory', name: 'M' }, ['den']);
    const worlds = Array.from({ length: CONTAINERS }, container);
    const answers: Promise<void>[] = [];
    for (let n = 0; n < SECONDS * FLOOD_PER_SECOND; n++) {
      const world = worlds[n % CONTAINERS] ?? container();
      const answered = answerSend(world, who, send('den', `flooding-${n}`, 0)).then((reply) => {
        if (reply.type === 'error') refused++;
      });
      answers.push(answered);
      await clock.wait(1_000 / FLOOD_PER_SECOND);
    }
    await Promise.all(answers);
  };

  const everybody = Array.from({ length: PEOPLE }, (_, i) => talk(i));
  await finish(stage, Promise.all(isFlooded ? [...everybody, flood()] : everybody));
  return { delays: delays.sort((a, b) => a - b), refused };
}

const p99 = (sorted: readonly number[]) => sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Number.NaN;

it('one who floods a room at 1,000 frames a second slows the others by less than a fifth', async () => {
  const quiet = await measure(false);
  const flooded = await measure(true);

  const slower = p99(flooded.delays) / p99(quiet.delays);
  console.log(
    `p99 ${p99(quiet.delays).toFixed(1)} ms, flooded ${p99(flooded.delays).toFixed(1)} ms; ${flooded.refused} frames refused.`,
  );
  expect(flooded.refused).toBeGreaterThan(10_000);
  expect(slower).toBeLessThan(1.2);
}, 60_000);
