import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure, createSecureContext, type SecureContext } from 'node:tls';
import type { Origin } from './endpoint';

let shared: SecureContext | undefined;

/** Opens a socket, its TLS handshake included; `undefined` when that fails, or takes longer than `timeoutMs`. */
export function openSocket(origin: Origin, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = origin.isSecure ? secure(origin) : plain(origin);
    const settle = (outcome: Socket | undefined) => () => {
      clearTimeout(late);
      resolve(outcome);
    };
    const late = setTimeout(() => socket.destroy(), timeoutMs);
    socket.once(origin.isSecure ? 'secureConnect' : 'connect', settle(socket));
    socket.once('close', settle(undefined));
    // Without a listener an error would end the process; what it means is told by 'close', which follows it.
    socket.on('error', () => {});
  });
}

function plain({ hostname, port }: Origin): Socket {
  return connectPlain({ host: hostname, port, noDelay: true });
}

function secure({ hostname, port }: Origin): Socket {
  // All sockets share a context, because reading the root certificates costs more than a handshake.
  shared ??= createSecureContext();
  const socket = connectSecure({
    host: hostname,
    port,
    // A name to prove, never an address (RFC 6066, section 3).
    ...(isIP(hostname) === 0 && { servername: hostname }),
    secureContext: shared,
    ALPNProtocols: ['http/1.1'],
  });
  return socket.setNoDelay(true);
}
