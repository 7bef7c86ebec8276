import type { GuestTokenContext } from '../http/guestTokenRoute';
import type { PublishRouteContext } from '../http/publishRoute';
import type { SignOutContext } from '../http/signOutRoute';
import { isOn, required } from '../util/environment';
import { createUserContext } from './contexts';
import { createIdentityPolicy } from './handshakePolicy';
import { openSecret } from './secrets';
import { guestDays } from './settings';

export function createPublishRouteContext(env = process.env): PublishRouteContext {
  return {
    originSecret: openSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    identity: createIdentityPolicy(env),
  };
}

export function createGuestTokenContext(env = process.env): Omit<GuestTokenContext, 'metrics'> {
  return {
    originSecret: openSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    guestKey: isOn(env, 'GUESTS') ? openSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined,
    guestDays: guestDays(env),
    ...createUserContext(env),
  };
}

export function createSignOutContext(env = process.env): SignOutContext {
  return {
    originSecret: openSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    guestKey: isOn(env, 'GUESTS') ? openSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined,
  };
}
