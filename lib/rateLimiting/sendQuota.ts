import {
  type Charge,
  type Charged,
  type Connection,
  type Limited,
  type Metered,
  type Settings,
  Unavailable,
  type World,
} from '../ports/ports';
import type { User } from '../protocol';
import { settle } from '../util/settleAll';
import type { Brake } from './retryAfterCache';
import { chargeFor, sendsAt } from './tokenBucket';

type Meter = Pick<World, 'settings'> & Metered;

/**
 * Charges a send to its connection and to its user at the same time. A send that its connection refuses costs the user
 * nothing: what one connection does in vain must not silence the others. One that the user's bucket refuses has cost
 * the connection, which takes from nobody else and is made good at the connection's own pace.
 */
export async function chargeSend(
  world: Pick<World, 'connections'> & Meter,
  { id, user }: Connection,
  room: string,
  now: number,
): Promise<Charged> {
  const { brake, connections, settings } = world;
  const waitMs = Math.max(brake.left(connectionKey(id), now), brake.left(userKey(user), now));
  if (waitMs > 0) return { why: 'rateLimited', retryAfterMs: waitMs };

  const own = chargeFor('sends', sendsAt(settings.sendsPerSecond), now);
  const [ofConnection, ofUser] = await settle(
    connections.charge(id, room, own, now + settings.leaseMs),
    chargeUser(world, user, now),
  );
  if (ofConnection === 'ok') return ofUser;
  if (ofUser === 'ok') await giveBack(world, user, now);
  if (ofConnection.why === 'rateLimited') remember(brake, connectionKey(id), ofConnection, now);
  const isUsersLonger =
    ofUser !== 'ok' && ofConnection.why === 'rateLimited' && ofUser.retryAfterMs > ofConnection.retryAfterMs;
  return isUsersLonger ? ofUser : ofConnection;
}

/** Charges a message to its user, whatever it comes over. */
export async function chargeUser(world: Meter, user: User, now: number): Promise<'ok' | Limited> {
  const { authors, brake, settings } = world;
  const waitMs = brake.left(userKey(user), now);
  if (waitMs > 0) return { why: 'rateLimited', retryAfterMs: waitMs };

  const charged = await authors.charge(user.id, usersCharge(settings, now));
  if (charged !== 'ok') remember(brake, userKey(user), charged, now);
  return charged;
}

/**
 * Takes back what a user was charged for a message that is refused for another reason. Where that fails it costs the
 * user a message: it must not stand in the place of the refusal.
 */
export async function giveBack({ authors, settings }: Meter, user: User, now: number): Promise<void> {
  try {
    await authors.giveBack(user.id, usersCharge(settings, now));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
}

function remember(brake: Brake, who: string, { retryAfterMs, contended }: Limited, now: number): void {
  if (!contended) brake.told(who, retryAfterMs, now);
}

function usersCharge({ userSendsPerSecond }: Settings, now: number): Charge {
  return chargeFor('sends', sendsAt(userSendsPerSecond), now);
}

function connectionKey(id: string): string {
  return `connection ${id}`;
}

function userKey({ id }: User): string {
  return `user ${id}`;
}
