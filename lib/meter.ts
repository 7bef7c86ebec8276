import { chargeFor, sendsAt } from './bucket';
import {
  type Charge,
  type Charged,
  type Connection,
  type Metered,
  type Settings,
  Unavailable,
  type World,
} from './ports';
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
  if (ofUser !== 'ok') world.brake.told(user, ofUser.retryAfterMs, now);
  if (ofConnection === 'ok') return ofUser;
  if (ofConnection.why === 'rateLimited') world.brake.told(connection, ofConnection.retryAfterMs, now);
  if (ofUser === 'ok') await giveBack(world, sender.user.id, users);
  const isUsersLonger =
    ofUser !== 'ok' && ofConnection.why === 'rateLimited' && ofUser.retryAfterMs > ofConnection.retryAfterMs;
  return isUsersLonger ? ofUser : ofConnection;
}

/** What cannot be given back costs the user a message: that must not stand in the place of the refusal. */
async function giveBack({ authors }: Metered, user: string, charge: Charge): Promise<void> {
  try {
    await authors.giveBack(user, charge);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
}
