import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Ending, EXIT } from '../exit';
import type { Target } from './options';

const MOST_TRIES = 5;
const FIRST_PAUSE_MS = 500;

// A command prints its own lines only: not the SDK's warning about the version of Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Invokes one function of a stack. @throws Ending that says in a line what is wrong. */
export type Invoke = (payload: object) => Promise<unknown>;

/** Makes the way to a function, with the credentials and the Region the AWS CLI would use. */
export function functionOf(name: string, { stage, region }: Target): Invoke {
  const client = new LambdaClient({ ...(region && { region }), maxAttempts: MOST_TRIES });
  const FunctionName = `edge-chat-${stage}-${name}`;

  const once = async (payload: object): Promise<{ value: unknown; failed: boolean }> => {
    try {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
      );
      return {
        value: JSON.parse(Buffer.from(Payload ?? []).toString()),
        failed: FunctionError !== undefined,
      };
    } catch (error) {
      throw new Ending(EXIT.unreachable, `${FunctionName}: ${lineOf(error)}`);
    }
  };

  return async (payload) => {
    for (let attempt = 1; ; attempt++) {
      const { value, failed } = await once(payload);
      if (!failed) return value;
      const { errorType, errorMessage } = value as { errorType?: string; errorMessage?: string };
      // A call that the database could not carry out may be made again; another would fail again.
      if (errorType !== 'Unavailable' || attempt === MOST_TRIES)
        throw new Ending(EXIT.refused, `${FunctionName}: ${errorMessage ?? errorType ?? 'it failed'}`);
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt));
    }
  };
}

/** The SDK's own words, or for those who have none the name of what went wrong. */
function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message || error.name).split('\n')[0] ?? error.name;
}
