import { createSecretReader } from '#awsClients';
import { createSecret, type Secret, type SecretReader } from '../auth/secretCache';
import { type Environment, isOn, required } from '../util/environment';

let reader: SecretReader | undefined;

/** Opens a secret with the client that all secrets of this container share. */
function openSecret(arn: string, env: Environment): Secret {
  reader ??= createSecretReader(env);
  return createSecret(arn, reader);
}

/** Opens the secret by which CloudFront shows that a request came through it. */
export function openOriginSecret(env: Environment): Secret {
  return openSecret(required(env, 'ORIGIN_SECRET_ARN'), env);
}

/** Opens the key of guests' tokens; `undefined` where guests are switched off. */
export function openGuestKey(env: Environment): Secret | undefined {
  return isOn(env, 'GUESTS') ? openSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined;
}

/** Opens the key of the operator's webhook. */
export function openEventsKey(env: Environment): Secret {
  return openSecret(required(env, 'EVENTS_KEY_ARN'), env);
}

/** Opens the secret from which the key of push services is derived. */
export function openPushKey(env: Environment): Secret {
  return openSecret(required(env, 'PUSH_KEY_ARN'), env);
}
