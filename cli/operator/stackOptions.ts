import { createCommand } from '../commandLine/command';

/** Which stack's functions a command invokes. `region` is the AWS CLI's unless it is given. */
export interface StackOptions {
  stage: string;
  region?: string | undefined;
}

/** Makes a command that invokes functions of a stack; `called` names them. */
export function createOperatorCommand(name: string, called: string) {
  return createCommand(name)
    .option('--stage <stage>', 'stage of the stack', 'dev')
    .option('--region <region>', 'AWS Region of the stack (default: as for the AWS CLI)')
    .addHelpText(
      'after',
      `
It invokes ${called} with your AWS credentials.
Exit codes: 0 success; 1 an unforeseen error; 2 wrong options, or no Region; 3 AWS cannot be reached, or denied the
call; 4 the function refused.`,
    );
}
