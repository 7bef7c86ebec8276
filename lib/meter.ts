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
  const users = authorsCharge(world.settings, now);
  const [ofConnection, ofUser] = await settle(
    world.connections.charge(
      sender.id,
      room,
      chargeFor('sends', sendsAt(sendsPerSecond), now),
      now + leaseMs,
    ),
    world.authors.charge(sender.user.id, users),
  );
  if (ofConnection === 'ok') return ofUser;
  if (ofUser === 'ok') await world.authors.giveBack(sender.user.id, users);
  else if (ofConnection.why === 'rateLimited' && ofUser.retryAfterMs > ofConnection.retryAfterMs)
    return ofUser;
  return ofConnection;
}
