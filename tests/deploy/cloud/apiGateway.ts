import type { Account } from './account';
import { json, Refusal, type Service } from './answer';

/** As much of API Gateway as a deployment asks for: the settings of the account. */
export function apiGateway(account: Account): Service {
  return ({ method, path }, say) => {
    if (method !== 'GET' || path !== '/account')
      throw new Refusal(
        'NotFoundException',
        `The recording API Gateway does not know ${method} ${path}.`,
        404,
      );
    // IAM knows the calls of API Gateway by their methods.
    say('GET', path);
    return json(account.logRole ? { cloudwatchRoleArn: account.logRole } : {});
  };
}
