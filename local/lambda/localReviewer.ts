import { ACCOUNT, REGION } from '../template/resourceNames';
import { lambdaItself } from './functionDefinitions';
import type { Definition } from './functions';

const NAME = 'edge-chat-local-review';

/** The parameters of a stack whose reviewer is a module on this machine. */
export const reviewParameters = { reviewFunction: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${NAME}` };

/** The reviewer as a function beside those of the stack: `handler` of a module, by its whole path. */
export function reviewerDefinition(file: string): Record<string, Definition> {
  const handler = `${file}.handler`;
  const environment = lambdaItself(NAME, { Handler: handler });
  return { [NAME]: { handler, timeout: 3, memorySize: 128, environment } };
}
