import { availableParallelism } from 'node:os';
import { createCommand } from '../../cli/commandLine/command';
import { numberFrom, stackUrl, wholeNumber } from '../../cli/commandLine/values';

export interface LoadOptions {
  /** The stack's address; without it the run starts a stack of its own. */
  url: URL | undefined;
  token: string | undefined;
  clients: number;
  rooms: number;
  /** Messages a second of all clients together. */
  rate: number;
  minutes: number;
  /** Clients that start to connect in a second. */
  connectRate: number;
}

/** What a run uses unless it is told otherwise. */
export type LoadDefaults = Pick<LoadOptions, 'clients' | 'rooms' | 'rate' | 'minutes'>;

/** A deployed stage carries this. */
const DEPLOYED: LoadDefaults = { clients: 500, rooms: 50, rate: 200, minutes: 5 };
/** A core carries this where the stack, its database and the clients share the machine. */
const PER_CORE = { clients: 50, rooms: 5, rate: 10 };

/** Gives the defaults that fit the machine the stack runs on: this one, or AWS. */
export function defaultsFor(url: URL | undefined, cores = availableParallelism()): LoadDefaults {
  if (url && !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname)) return DEPLOYED;
  return {
    clients: Math.min(DEPLOYED.clients, PER_CORE.clients * cores),
    rooms: Math.min(DEPLOYED.rooms, PER_CORE.rooms * cores),
    rate: Math.min(DEPLOYED.rate, PER_CORE.rate * cores),
    minutes: DEPLOYED.minutes,
  };
}

/** Makes a command with the options of a load; `local` are the defaults for a stack on this machine. */
export function createLoadCommand(script: string, local: LoadDefaults) {
  const text = (what: string, name: keyof LoadDefaults) => `${what} (default here: ${local[name]})`;
  return createCommand(`npm run ${script} --`)
    .option('--clients <count>', text('connections, each with the client library', 'clients'), wholeNumber(1))
    .option('--rooms <count>', text('rooms of the clients', 'rooms'), wholeNumber(1))
    .option(
      '--rate <count>',
      text('messages a second of all clients, 5 a client at most', 'rate'),
      numberFrom(0.1),
    )
    .option('--minutes <count>', text('how long the clients send', 'minutes'), numberFrom(0.01))
    .option('--connect-rate <count>', 'connections started a second', numberFrom(0.1), 50);
}

/** Makes `npm run load`. */
export function createLoad() {
  return createLoadCommand('load', defaultsFor(undefined))
    .description('Put a stack under load, and check that nothing is lost, doubled or out of order.')
    .option('--url <url>', 'address of a running stack (default: one that is started for the run)', stackUrl)
    .addHelpText(
      'after',
      `
For a deployed stack the defaults are ${DEPLOYED.clients} clients, ${DEPLOYED.rooms} rooms and ${DEPLOYED.rate} messages a second. A stage gives out 50 guest
tokens a second, and a million delivered messages cost about $1. Where the stack does not keep up, fewer messages
are sent.

EDGE_CHAT_TOKEN  a token of the identity provider, which all clients share, where guests are switched off`,
    );
}
