import { createGlobalBanStore } from '../aws/dynamodb/globalBanStore';
import type { GuestTokenContext } from '../http/guestTokenRoute';
import type { BearerContext } from '../http/identifyBearer';
import type { SignOutContext } from '../http/signOutRoute';
import { required } from '../util/environment';
import { createIdentityPolicy } from './handshakePolicy';
import { openDatabase } from './resources';
import { openGuestKey, openOriginSecret } from './secrets';
import { guestDays } from './settings';

export function createBearerContext(env = process.env): BearerContext {
  return {
    originSecret: openOriginSecret(env),
    identity: createIdentityPolicy(env),
  };
}

export function createGuestTokenContext(env = process.env): Omit<GuestTokenContext, 'metrics'> {
  return {
    originSecret: openOriginSecret(env),
    guestKey: openGuestKey(env),
    guestDays: guestDays(env),
    bans: createGlobalBanStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
  };
}

export function createSignOutContext(env = process.env): SignOutContext {
  return {
    originSecret: openOriginSecret(env),
    guestKey: openGuestKey(env),
  };
}
