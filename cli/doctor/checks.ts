import { fanOut, roundTrip } from './checks/delivery';
import { direct } from './checks/direct';
import { page, plain, reach, throughEdge } from './checks/edge';
import { binary, errors, idle, oversize } from './checks/frames';
import { history, repeat, resume } from './checks/log';
import { badOrigin, badToken, handshake, token, tokenInUrl } from './checks/signIn';
import type { Check } from './types';

/** All that must hold of a deployment, in the order in which it is looked at. */
export const CHECKS: readonly Check[] = [
  reach,
  throughEdge,
  page,
  plain,
  token,
  handshake,
  badToken,
  tokenInUrl,
  badOrigin,
  direct,
  errors,
  roundTrip,
  fanOut,
  history,
  resume,
  repeat,
  oversize,
  binary,
  idle,
];
