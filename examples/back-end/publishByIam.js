import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient();

/** Publishes in any name, with the right `lambda:InvokeFunction` instead of a token. The SDK repeats by itself. */
export async function publishByIam(stackName, room, { id, text, from }) {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: `${stackName}-operatorPublish`,
      Payload: JSON.stringify({ room, id, text, from }),
    }),
  );
  const reply = JSON.parse(Payload.transformToString());
  if (FunctionError) throw new Error(reply.errorMessage);
  if (reply.type === 'error') throw new Error(reply.message);
  return reply;
}
