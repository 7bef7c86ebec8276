import type { Concern } from './concern';
import type { Device } from './devices';
import type { Client } from './fleet';
import { between, pick } from './random';

/** A page is opened again this soon after it ended, in milliseconds. */
const OPENS_AGAIN_MS = { from: 0, to: 15_000 };
/** A device's clock is set back by this much at most, in milliseconds. */
const SET_BACK_MS = 600_000;
/** What a user sends just before the page ends, and as soon as it is open again. */
const LAST_SENDS = 3;

/**
 * Pages end, by a crash or closed by their user, with sends on their way. Another page opens on the same device: of the
 * same user, or of another first. The device's clock may have been set back in between.
 */
export const pages: Concern = ({ scenario, clock, random, dice, checker, fleet }) => {
  if (scenario.pages === 0) return undefined;
  /** What each user said in each room on one device, in order. */
  const spoken = new Map<string, string[]>();
  /** Devices of several users: a page that has no token yet writes what is nobody's, and any of them sends it. */
  const shared = new Set<string>();

  const say = (client: Client, room: string): void => {
    const text = `page ${client.name} says ${checker.sends}`;
    const key = `${client.device.name} ${client.user.id} ${room}`;
    spoken.set(key, [...(spoken.get(key) ?? []), text]);
    fleet.say(client, room, text);
  };

  const open = (before: Client, device: Device): void => {
    const client = fleet.start(before.user, device);
    for (const room of before.asked) {
      fleet.enter(client, room);
      // At once: what the last page left has not been read yet.
      for (let i = 0; i < LAST_SENDS; i++) say(client, room);
    }
  };

  const end = (): void => {
    if (fleet.clients.length === 0) return;
    const client = pick(random, fleet.clients);
    const { device } = client;
    for (const room of client.asked) for (let i = 0; i < LAST_SENDS; i++) say(client, room);
    clock.after(between(random, 0, 3_000), () => {
      if (!fleet.clients.includes(client)) return;
      const crashes = random() < 0.7;
      dice.count(crashes ? 'page crashed' : 'page closed');
      if (crashes) fleet.crash(client);
      else fleet.close(client);
      if (random() < 0.5) {
        dice.count("device's clock set back");
        device.clockErrorMs -= between(random, 0, SET_BACK_MS);
      }
      clock.after(between(random, OPENS_AGAIN_MS.from, OPENS_AGAIN_MS.to), () => {
        if (random() < 0.4) {
          dice.count('another user on the device');
          shared.add(device.name);
          const guest = fleet.start({ id: `guest-${device.name}`, name: 'Guest' }, device);
          for (const room of client.asked) say(guest, room);
        }
        open(client, device);
      });
    });
  };

  for (let i = 0; i < scenario.pages; i++) clock.after(between(random, 5_000, scenario.lastsMs), end);

  return () => {
    for (const { device, user, name } of fleet.clients)
      for (const { id, room, state } of device.records().filter((record) => record.user === user.id))
        checker.report('stuck', `${name} left ${id} to ${room} in its outbox (${state})`);
    for (const [key, texts] of spoken) {
      const [device = '', user = '', room = ''] = key.split(' ');
      if (shared.has(device)) continue;
      const seqs = texts.map((text) => checker.seqOf(room, text)).filter((seq) => seq !== undefined);
      if (seqs.some((seq, i) => i > 0 && seq <= (seqs[i - 1] ?? 0)))
        checker.report('ownOrder', `${user}'s sends to ${room} on ${device} are at ${seqs.join(', ')}`);
    }
  };
};
