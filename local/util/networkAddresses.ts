import { networkInterfaces } from 'node:os';

const THIS_MACHINE = ['127.0.0.1', 'localhost'];
const ALL_INTERFACES = ['0.0.0.0', '::'];

/** Names by which browsers reach a server that listens on `host`; the best one to print comes first. */
export function hostNames(host: string): string[] {
  if (THIS_MACHINE.includes(host)) return THIS_MACHINE;
  if (ALL_INTERFACES.includes(host)) return [...THIS_MACHINE, ...networkAddresses()];
  return [host];
}

/** This machine's IPv4 addresses on its networks. */
function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

/** A host as it stands in a URL. */
export const urlHost = (host: string) => (host.includes(':') ? `[${host}]` : host);
