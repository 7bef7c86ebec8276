import list from '../prices.json';
import { type Community, detailsOf, type Usage, usageOf } from './usage';

type PriceName = keyof typeof list.prices;

/** What a service costs a month, in US dollars. */
export interface Line {
  service: string;
  usd: number;
}

const SERVICES: [string, (keyof Usage)[]][] = [
  ['API Gateway: messages', ['webSocketMessages']],
  ['API Gateway: connection minutes', ['connectionMinutes']],
  ['Lambda', ['lambdaRequests', 'lambdaArmGbSeconds']],
  ['DynamoDB: writes', ['writeUnits']],
  ['DynamoDB: reads', ['readUnits']],
  ['DynamoDB: storage and backup', ['tableGbMonths', 'backupGbMonths']],
  ['CloudFront: transfer', ['edgeGbOut', 'edgeGbToOrigin']],
  ['CloudFront: requests', ['edgeRequests']],
  ['API Gateway: HTTP requests for files', ['httpRequests']],
  ['S3: storage of files', ['fileGbMonths']],
  ['S3: requests for files', ['fileWrites', 'fileReads']],
  ['Secrets Manager', ['secrets']],
  ['SQS: requests for events', ['queueRequests', 'fifoRequests']],
  ['EventBridge: events', ['busEvents']],
  ['transfer of events to a URL', ['internetGbOut']],
];

/** The monthly bill at list prices, without free tiers. */
export function billOf(community: Community): Line[] {
  const usage = usageOf(community);
  return SERVICES.map(([service, names]) => ({
    service,
    usd: names.reduce((sum, name) => sum + priceOf(name, usage[name]), 0),
  }));
}

/**
 * What AppSync Events would bill for delivery alone: publishing, each receiver (the sender is one), connecting and
 * subscribing. It keeps no log, so history, order and repeats are not in it.
 */
export function appSyncBillOf(community: Community): number {
  const { sent, connects } = detailsOf(community);
  const operations = sent * (1 + community.members) + 2 * connects;
  const minutes = usageOf(community).connectionMinutes;
  return priceOf('eventOperations', operations) + priceOf('eventConnectionMinutes', minutes);
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

function priceOf(name: PriceName, amount: number): number {
  const price: { usd: number; per: number; above?: { from: number; usd: number } } = list.prices[name];
  const dearer = Math.min(amount, price.above?.from ?? amount);
  return (dearer * price.usd + (amount - dearer) * (price.above?.usd ?? 0)) / price.per;
}
