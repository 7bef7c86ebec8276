import { type InvocationContext, type InvocationHandler, logInvocation } from '../telemetry/invocationLog';
import { LEVELS } from '../telemetry/invocationMetrics';
import { isOn, oneOf, required } from '../util/environment';

/** Makes a function's handler, which logs what each invocation did as the function's environment says. */
export function withTelemetry<Event, Result>(
  name: string,
  run: InvocationHandler<Event, Result>,
  env = process.env,
): (event: Event, context: InvocationContext) => Promise<Result> {
  const options = {
    stack: required(env, 'STACK'),
    level: oneOf(env, 'LOG_LEVEL', LEVELS),
    hasMetrics: isOn(env, 'METRICS'),
    // Not through the console: Lambda prefixes its lines, which would then be no JSON.
    write: (line: string) => void process.stdout.write(`${line}\n`),
  };
  return logInvocation(name, options, run);
}
