import { clock } from './checks/clock';
import { cors } from './checks/cors';
import { fanOut, roundTrip } from './checks/delivery';
import { page, plain, reach, throughEdge } from './checks/edge';
import { binary, errors, idle, oversize } from './checks/frames';
import { apiHeaders, freshErrors } from './checks/httpApi';
import { history, repeat, resume } from './checks/log';
import { direct } from './checks/originLock';
import { pageSignIn } from './checks/pageSignIn';
import { room } from './checks/room';
import { badOrigin, badToken, handshake, token, tokenInUrl } from './checks/signIn';
import type { Check } from './harness/check';

/** All that must hold of a deployment, in the order of checking. */
export const CHECKS: readonly Check[] = [
  reach,
  clock,
  throughEdge,
  page,
  pageSignIn,
  plain,
  apiHeaders,
  freshErrors,
  cors,
  token,
  handshake,
  badToken,
  tokenInUrl,
  badOrigin,
  direct,
  errors,
  room,
  roundTrip,
  fanOut,
  history,
  resume,
  repeat,
  oversize,
  binary,
  idle,
];
