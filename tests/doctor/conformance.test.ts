import { CHECKS } from '../../cli/doctor/checks';
import type { Result } from '../../cli/doctor/harness/check';
import { signInGuest } from '../../client/guests';
import type { SocketEvent } from '../../lib/aws/apiGateway/events';
import { within } from '../local/support';
import { examine, type Patient, startPatient } from './kit';

jest.setTimeout(120_000);

const notPassed = (results: readonly Result[]): string[] =>
  results.filter(({ outcome }) => outcome !== 'passed').map(({ name, detail }) => `${name}: ${detail}`);

describe('the doctor, on the local stack', () => {
  let patient: Patient;

  beforeAll(async () => {
    patient = await startPatient();
  });
  afterAll(() => patient.stop());

  it('finds that everything holds', async () => {
    const results = await examine(patient.target);

    expect(notPassed(results)).toEqual([]);
    expect(results).toHaveLength(CHECKS.length);
  });

  it('measures round trip and fan-out', async () => {
    const results = await examine({ ...patient.target, samples: 30 }, ['roundTrip', 'fanOut']);

    for (const { figures } of results) {
      expect(figures).toMatchObject({ samples: 30 });
      expect(figures?.p50Ms).toBeGreaterThan(0);
      expect(figures?.p99Ms).toBeGreaterThanOrEqual(figures?.p50Ms ?? 0);
    }
  });

  it('uses one given token for everybody', async () => {
    const { token } = await signInGuest(`${patient.stack.url}/api/token`, 'Ann');

    const results = await examine({ ...patient.target, token });

    expect(notPassed(results)).toEqual([]);
  });

  it('says what it did not look at when it does not know the APIs', async () => {
    const [result] = (await examine({ ...patient.target, apis: [] }, ['direct'])).slice(-1);

    expect(result).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/--api wss:/) });
  });

  it('leaves no connection behind', async () => {
    const open = new Set<string>();
    let opened = 0;
    let allClosed = () => {};
    const closed = new Promise<void>((resolve) => {
      allClosed = resolve;
    });
    patient.faults.invoke = (call, run) => {
      const { connectionId } = (call.event as SocketEvent).requestContext;
      if (call.functionName.endsWith('-connect')) {
        opened += 1;
        open.add(connectionId);
      }
      const wasOpen = call.functionName.endsWith('-disconnect') && open.delete(connectionId);
      if (wasOpen && opened === 3 && open.size === 0) allClosed();
      return run();
    };

    await examine(patient.target, ['fanOut', 'binary']);

    await within('three connections to be closed', closed);
  });
});

describe('the doctor, on a stack whose guests may write in one room', () => {
  let patient: Patient;

  beforeAll(async () => {
    patient = await startPatient({ params: { guestRooms: 'lobby:rw news:r' } });
  });
  afterAll(() => patient.stop());

  const examineIn = (room: string | undefined) => examine({ ...patient.target, room });

  it('finds that everything holds in that room, whatever was written there before', async () => {
    expect(notPassed(await examineIn('lobby'))).toEqual([]);
    expect(notPassed(await examineIn('lobby'))).toEqual([]);
  });

  it.each([
    ['a new room', undefined, /^joinRoom of user "Doctor Ann" \(guest:[\w-]+\) was refused: forbidden\./],
    ['a room to read', 'news', /^sendMessage of user "Doctor Ann" \(guest:[\w-]+\) was refused: forbidden\./],
  ])('skips what the permissions forbid in %s, and says who was refused', async (_name, room, detail) => {
    const results = await examineIn(room);

    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(results.find(({ name }) => name === 'room')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringMatching(detail),
    });
    expect(results.find(({ name }) => name === 'roundTrip')).toMatchObject({ outcome: 'skipped' });
  });
});

it.each(CHECKS.map((check) => [check.name, check] as const))(
  'the check %s says what it means and what to do',
  (_name, check) => {
    const names = CHECKS.map(({ name }) => name);

    expect(check.title).toMatch(/^[A-Z].*[a-z]$/);
    for (const sentence of [check.means, check.remedy]) expect(sentence).toMatch(/^[A-Z0-9].+\.$/s);
    for (const need of check.needs ?? []) expect(names.indexOf(need)).toBeLessThan(names.indexOf(check.name));
  },
);
