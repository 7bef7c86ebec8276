import type { WebSocketHooks } from './apiGateway/webSocketApi';
import type { Tunnel } from './cloudfront/tunnel';
import type { Invocation, Invoke } from './lambda/functions';

/** What functions reach over the network, each at an address of its own. */
export type Service = 'database' | 'management' | 'secrets' | 'lambda' | 's3' | 'sqs' | 'eventbridge';

/** An invocation of a function by its deployed name. */
export interface Call {
  functionName: string;
  event: unknown;
}

/** Where a fault-injection suite steps in. Each hook stands around the real thing and may leave it out. */
export interface Hooks extends WebSocketHooks {
  invoke?: (call: Call, run: () => Promise<Invocation>) => Promise<Invocation>;
  tunnel?: Tunnel;
  /** Gives the functions another address for a service: a proxy's. */
  endpoint?: (service: Service, url: string) => string | Promise<string>;
}

/** Invokes through the hook, and says how an invocation failed: on AWS that would be in the function's log. */
export function observed(invoke: Invoke, hook: Hooks['invoke'], print: (line: string) => void): Invoke {
  return async (functionName, event) => {
    const run = () => invoke(functionName, event);
    const outcome = await (hook ? hook({ functionName, event }, run) : run());
    if (!outcome.ok)
      print(`${functionName} failed: ${ownFrames(outcome.trace) || `${outcome.type}: ${outcome.message}`}`);
    return outcome;
  };
}

/** A stack as far as the function's own code goes. */
const ownFrames = (trace: string) => trace.split(/\n.*[/\\]local[/\\]runtime\.cjs/)[0] ?? '';
