import { clock } from '../../client/platform/defaults';

describe('the clock of a device', () => {
  let device = { wall: 0, elapsed: 0 };
  const pass = (ms: number) => {
    device.wall += ms;
    device.elapsed += ms;
  };

  beforeEach(() => {
    // Later than in any test before: the clock never goes back.
    device = { wall: Date.now() + 86_400_000, elapsed: 5_000 };
    jest.spyOn(Date, 'now').mockImplementation(() => device.wall);
    jest.spyOn(performance, 'now').mockImplementation(() => device.elapsed);
  });
  afterEach(() => jest.restoreAllMocks());

  it('goes on when it is set back', () => {
    const before = clock.now();
    device.wall -= 3_600_000;
    pass(1_000);

    expect(clock.now()).toBe(before + 1_000);
  });

  it('counts a sleep in which nothing of the page went on', () => {
    const before = clock.now();
    device.wall += 43_200_000;

    expect(clock.now() - before).toBe(43_200_000);
  });
});
