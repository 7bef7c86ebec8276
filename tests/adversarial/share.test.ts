import { handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import type { Clock } from '../../lib/ports/clock';
import { anotherContainer, connect, createHarness, finish, type Harness } from '../unit/harness';

/** The send quota of a user: see createHarness. */
const SHARE = { burst: 40, perSecond: 10 };

const CONNECTIONS = 5;
const CONTAINERS = 4;
const mallory = { id: 'mallory', name: 'Mallory' };

/** What came of a flood: how many messages were written, in how many milliseconds, and what refusals promised. */
interface Outcome {
  written: number;
  tookMs: number;
  refused: number;
  /** What a patient connection of the same user sent besides, and how much of it was refused. */
  patient: { sent: number; refused: number };
}

/** How the connections of a user behave, for how long. */
interface Behaviour {
  forMs: number;
  flooders: number;
  framesPerSecond: number;
  /** Messages a second of one more connection, which keeps within its own pace. */
  patientPerSecond?: number;
}

/** No connection is closed here and no container caches refusals: only the buckets act. */
const noFloods: Harness['floodDetector'] = { countFrame: () => 'fine', countRefusal: () => 'fine' };

/** Lets connections of one user send to rooms of their own, over several containers. */
async function flood(harness: Harness, behaviour: Behaviour): Promise<Outcome> {
  const { clock } = harness;
  const { forMs, flooders, framesPerSecond, patientPerSecond = 0 } = behaviour;
  const containers = Array.from({ length: CONTAINERS }, () => ({
    ...anotherContainer(harness),
    floodDetector: noFloods,
  }));
  const patient = { sent: 0, refused: 0 };
  const outcome: Outcome = { written: 0, tookMs: 0, refused: 0, patient };
  const began = clock.now();

  const send = async (who: Requester, n: number): Promise<'ack' | 'error'> => {
    const frame = { action: 'sendMessage', room: who.id, id: `message-${n}`, text: 'x', after: 0 };
    const context = containers[n % CONTAINERS] ?? harness;
    const reply = await handleSendMessage(context, who, JSON.stringify(frame));
    if (reply.type === 'ack') outcome.written++;
    else if (reply.type === 'error' && reply.code === 'rateLimited') outcome.refused++;
    else throw new Error(`A send was answered ${JSON.stringify(reply)}.`);
    return reply.type;
  };
  const beats = (perSecond: number, act: (n: number) => Promise<void>) => each(clock, forMs, perSecond, act);

  const rivals = Array.from({ length: flooders }, async (_, i) => {
    const who = await connect(harness, `flooder-${i}`, mallory, [`flooder-${i}`], clock.now() + 3_600_000);
    await beats(framesPerSecond, async (n) => void (await send(who, n)));
  });
  const other = async () => {
    const who = await connect(harness, 'patient', mallory, ['patient'], clock.now() + 3_600_000);
    await beats(patientPerSecond, async (n) => {
      patient.sent++;
      if ((await send(who, n)) === 'error') patient.refused++;
    });
  };
  await Promise.all([...rivals, ...(patientPerSecond > 0 ? [other()] : [])]);
  return { ...outcome, tookMs: clock.now() - began };
}

/** Does something so often a second, whether what was done before has ended or not. */
async function each(
  clock: Clock,
  forMs: number,
  perSecond: number,
  act: (n: number) => Promise<void>,
): Promise<void> {
  const began = clock.now();
  const acts: Promise<void>[] = [];
  for (let n = 0; clock.now() - began < forMs; n++) {
    acts.push(act(n));
    await clock.wait(Math.max(0, ((n + 1) * 1_000) / perSecond - (clock.now() - began)));
  }
  await Promise.all(acts);
}

/** A flood in virtual time, on a database as far away as DynamoDB is. */
async function floodVirtually(behaviour: Behaviour): Promise<Outcome> {
  const harness = createHarness();
  const { sendQuotas, connections, random } = harness;
  const far = async <T>(call: () => Promise<T>): Promise<T> => {
    await harness.clock.wait(2 + random() * 8);
    const value = await call();
    await harness.clock.wait(2 + random() * 8);
    return value;
  };
  const context: Harness = {
    ...harness,
    sendQuotas: {
      ...sendQuotas,
      charge: (...asked) => far(() => sendQuotas.charge(...asked)),
    },
    connections: { ...connections, charge: (...asked) => far(() => connections.charge(...asked)) },
  };
  return finish(harness, flood(context, behaviour));
}

/** Every connection a user may have sends as fast as it can. */
const greedy: Behaviour = { forMs: 10_000, flooders: CONNECTIONS, framesPerSecond: 50 };

/** A connection of a user floods, and another does not. */
const careless: Behaviour = { forMs: 10_000, flooders: 1, framesPerSecond: 300, patientPerSecond: 3 };

/** A bucket lets through its burst, its rate over the time, and its rate while the last frame is answered. */
const shareIn = (tookMs: number) => SHARE.burst + Math.ceil((SHARE.perSecond * tookMs) / 1_000);

const told = ({ written, refused, tookMs }: Outcome) =>
  `${written} messages written in ${(tookMs / 1_000).toFixed(1)} s, ${refused} frames refused`;

it('five connections of a user together get no more than the user’s share, and no less', async () => {
  const outcome = await floodVirtually(greedy);

  console.log(`${told(outcome)}; the share is ${shareIn(outcome.tookMs)}.`);
  expect(outcome.written).toBeLessThanOrEqual(shareIn(outcome.tookMs));
  expect(outcome.written).toBeGreaterThanOrEqual(0.95 * shareIn(greedy.forMs));
});

it('a connection that floods does not silence another of the same user', async () => {
  const { patient, refused } = await floodVirtually(careless);

  expect(refused).toBeGreaterThan(2_500);
  expect(patient.sent).toBeGreaterThanOrEqual(30);
  expect(patient.refused).toBe(0);
});
