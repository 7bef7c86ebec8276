import type { LambdaClient } from '@aws-sdk/client-lambda';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { sentenceOf } from './awsError';
import type { StackOptions } from './stackOptions';

const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 500;

/** Invokes one function of a stack with a payload. @throws CommandError that says in a line what is wrong. */
export type InvokeFunction = (payload: object) => Promise<unknown>;

/**
 * Prepares to invoke a function, with the credentials and the Region that the AWS CLI would use.
 * @throws CommandError when there is no Region.
 */
export async function connectToFunction(
  name: string,
  { stage, region }: StackOptions,
): Promise<InvokeFunction> {
  // The SDK prints eight lines about Node 20 to operators who cannot change it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // Loaded here, so that the other commands start without it.
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({ ...(region && { region }), maxAttempts: MAX_TRIES });
  await requireRegion(client);
  const FunctionName = `edge-chat-${stage}-${name}`;

  const invokeOnce = async (payload: object): Promise<{ value: unknown; failed: boolean }> => {
    try {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
      );
      return {
        value: JSON.parse(Buffer.from(Payload ?? []).toString()),
        failed: FunctionError !== undefined,
      };
    } catch (error) {
      throw new CommandError(
        EXIT.unreachable,
        `${FunctionName}: ${sentenceOf(error, 'lambda:InvokeFunction on it')}`,
      );
    }
  };

  return async (payload) => {
    for (let attempt = 1; ; attempt++) {
      const { value, failed } = await invokeOnce(payload);
      if (!failed) return value;
      const { errorType, errorMessage } = value as { errorType?: string; errorMessage?: string };
      // The database was unavailable, so a repeat may succeed; other errors would come again.
      if (errorType !== 'Unavailable' || attempt === MAX_TRIES)
        throw new CommandError(EXIT.refused, `${FunctionName}: ${errorMessage ?? errorType ?? 'it failed'}`);
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt));
    }
  };
}

async function requireRegion({ config }: LambdaClient): Promise<void> {
  await config.region().catch(() => {
    throw new CommandError(
      EXIT.usage,
      'No AWS Region is known: give --region, such as eu-west-1, or set AWS_REGION.',
    );
  });
}
