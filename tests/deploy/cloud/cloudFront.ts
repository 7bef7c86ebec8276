import type { Account } from './account';
import { Refusal, type Service, xml, xmlAnswer } from './answer';

/** As much of CloudFront as a deployment asks for. */
export function cloudFront(account: Account): Service {
  return ({ method, path, body }, say) => {
    const [, id = '', rest = ''] = /^\/[^/]+\/distribution\/([^/]+)(\/invalidation)?$/.exec(path) ?? [];
    const distribution = account.distributions.get(id);
    if (!distribution)
      throw new Refusal('NoSuchDistribution', 'The specified distribution does not exist.', 404);

    if (method === 'POST' && rest) {
      const paths = [...body.toString().matchAll(/<Path>(.*?)<\/Path>/g)].map(([, each = '']) => each);
      distribution.invalidated.push(...paths);
      say('CreateInvalidation', `${id} ${paths}`);
      return xmlAnswer(
        xml('Invalidation', { Id: 'I1', Status: 'InProgress', CreateTime: new Date().toISOString() }),
        201,
      );
    }
    if (method === 'GET' && !rest) {
      const origins = [...new Set(distribution.headers.map(({ origin }) => origin))].map((Id) => {
        const own = distribution.headers.filter(({ origin }) => origin === Id);
        const items = own.map(({ name, value }) =>
          xml('OriginCustomHeader', { HeaderName: name, HeaderValue: value }),
        );
        return `<Origin>${xml('Id', Id)}<CustomHeaders>${xml('Quantity', own.length)}<Items>${items.join('')}</Items></CustomHeaders></Origin>`;
      });
      const config = `<DistributionConfig><Origins>${xml('Quantity', origins.length)}<Items>${origins.join('')}</Items></Origins></DistributionConfig>`;
      const status = xml('Status', account.rollingOut ? 'InProgress' : 'Deployed');
      say('GetDistribution', id);
      return xmlAnswer(`<Distribution>${xml('Id', id)}${status}${config}</Distribution>`);
    }
    throw new Refusal('InvalidAction', `The recording CloudFront does not know ${method} ${path}.`);
  };
}
