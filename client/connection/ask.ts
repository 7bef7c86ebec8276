import type { ClientMessage, Reply } from '../../lib/protocol';
import { REPLY_TIMEOUT_MS } from '../common/constants';
import type { Connection } from './connection';
import { notJoined, toError } from './requestErrors';

/** Asks the server once, on the newest connection. Rejects with the server's reason, `notJoined` or `timeout`. */
export function ask([connection]: readonly Connection[], message: ClientMessage): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (!connection) return reject(notJoined());
    connection.request(message, REPLY_TIMEOUT_MS, (reply, error) => {
      if (reply) resolve(reply);
      else reject(toError(error));
    });
  });
}
