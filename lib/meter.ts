import { chargeFor, sendsAt } from './bucket';
import type { Charge, Charged, Connection, Metered, Settings, World } from './ports';
import { settle } from './settle';

/** What a message costs its author, whatever it comes over. */
export function authorsCharge({ userSendsPerSecond }: Settings, now: number): Charge {
  return chargeFor('sends', sendsAt(userSendsPerSecond), now);
}

/**
 * Charges a send to its connection and to its user at the same time. A send that its connection refuses costs the user
 * nothing: what one connection does in vain must not silence the others. One that the user's bucket refuses has cost
 * the connection, which takes from nobody else and is made good at the connection's own pace.
 */
export async function chargeSend(
  world: Pick<World, 'connections' | 'settings'> & Metered,
  sender: Connection,
  room: string,
  now: number,
): Promise<Charged> {
  const { sendsPerSecond, leaseMs } = world.settings;
  const [connection, user] = [`connection ${sender.id}`, `user ${sender.user.id}`];
  const waitMs = Math.max(world.brake.left(connection, now), world.brake.left(user, now));
  if (waitMs > 0) return { why: 'rateLimited', retryAfterMs: waitMs };

  const own = chargeFor('sends', sendsAt(sendsPerSecond), now);
  const users = authorsCharge(world.settings, now);
  const [ofConnection, ofUser] = await settle(
    world.connections.charge(sender.id, room, own, now + leaseMs),
    world.authors.charge(sender.user.id, users),
  );
  if (ofUser === 'ok' && ofConnection !== 'ok') await world.authors.giveBack(sender.user.id, users);
  if (ofUser !== 'ok') world.brake.told(user, ofUser.retryAfterMs, now);
  if (ofConnection === 'ok') return ofUser;
  if (ofConnection.why !== 'rateLimited') return ofConnection;
  world.brake.told(connection, ofConnection.retryAfterMs, now);
  return ofUser !== 'ok' && ofUser.retryAfterMs > ofConnection.retryAfterMs ? ofUser : ofConnection;
}
