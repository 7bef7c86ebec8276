import { attackedRooms, consumedByAttacker, EVERY_KIND } from './attacker';

jest.setTimeout(300_000);

attackedRooms();

it('a user consumes no more in 10 containers than in 50', async () => {
  for (const { read, write } of await consumedByAttacker(10, Object.values(EVERY_KIND))) {
    expect(read).toBeLessThanOrEqual(200);
    expect(write).toBeLessThanOrEqual(40);
  }
});
