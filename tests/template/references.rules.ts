import * as checks from './references';
import { type Rule, sub } from './template';

const { assign } = Object;

export const referenceRules: Rule[] = [
  [
    'every reference has a target',
    checks.everyReferenceHasATarget,
    [
      ['Ref to nothing', (t) => delete t.Resources.SocketRequests],
      ['GetAtt of nothing', (t) => delete t.Resources.ConnectRole],
      ['Sub of nothing', (t) => delete t.Resources.SocketLog],
      ['DependsOn nothing', (t) => assign(t.Resources.PageBucket ?? {}, { DependsOn: 'Nothing' })],
      ['an output of nothing', (t) => assign(t.Outputs, { Extra: { Value: { Ref: 'Nothing' } } })],
    ],
  ],
  [
    'nothing goes in circles',
    checks.nothingGoesInCircles,
    [
      [
        'a log group that waits for its function',
        (t) => assign(t.Resources.FanOutLogGroup ?? {}, { DependsOn: 'FanOutLambdaFunction' }),
      ],
      [
        'page headers that name the distribution',
        (t) =>
          assign(t.Resources.PageHeaders?.Properties ?? {}, {
            Comment: sub('connect-src wss://<Distribution.DomainName>'),
          }),
      ],
    ],
  ],
];
