import { Option } from '@commander-js/extra-typings';
import { createCommand, runProgram } from '../cli/commandLine/command';
import { numberFrom } from '../cli/commandLine/values';
import { appSyncBillOf, billOf, totalOf } from './cost/bill';
import { type Community, detailsOf, SINKS, USUAL } from './cost/usage';
import { printTable } from './harness/report';
import list from './prices.json';

/** `npm run cost`: prints the monthly bill by service, and what changes it. */
function main(community: Community): void {
  const { online, members, messages } = community;
  const { sent, posts } = detailsOf(community);
  console.log(
    `${online} people online all month in rooms of ${members}, each sending ${messages} messages an hour: ` +
      `${million(sent)} messages, ${million(posts)} posts.\n`,
  );
  const bill = billOf(community);
  const total = totalOf(bill);
  printTable(
    ['service', '$ a month', 'share'],
    [
      ...bill
        .filter(({ usd }) => usd > 0)
        .map(({ service, usd }) => [service, dollars(usd), `${((usd / total) * 100).toFixed(1)} %`]),
      ['total', dollars(total), ''],
      ['AppSync Events, delivery alone', dollars(appSyncBillOf(community)), ''],
    ],
  );

  console.log('What changes it');
  const changes: [string, Partial<Community>][] = [
    ['messages of 100 ms in one frame', { coalesceMs: 100 }],
    ['messages of 1 s in one frame', { coalesceMs: 1_000 }],
    ['a ping every 5 minutes', { pingSeconds: 300 }],
    ['a ping every 9 minutes', { pingSeconds: 540 }],
    ['history for a day', { keptMonths: 1 / 30 }],
    ['history for five years', { keptMonths: 60 }],
    ['every tenth message edited once', { edits: 0.1 }],
    ['a reaction to every message', { reactions: 1 }],
    ['a review of every message', { reviews: 1 }],
    ['a picture of 500 KB with every 20th message', { files: 0.05, fileKilobytes: 500 }],
    ['the same without tiles', { files: 0.05, fileKilobytes: 500, tileKilobytes: 0 }],
    ['each entry as an event to a URL', { events: 'https' }],
    ['each entry as an event to an SQS FIFO queue', { events: 'fifo' }],
    ['each entry as an event to an EventBridge bus', { events: 'bus' }],
    ['no user at all', { online: 0 }],
    ['no user at all, and events to a URL', { online: 0, events: 'https' }],
    ['rooms of half the size', { members: Math.max(2, members / 2) }],
  ];
  printTable(
    ['change', '$ a month', 'difference'],
    changes.map(([change, with_]) => {
      const changed = totalOf(billOf({ ...community, ...with_ }));
      return [change, dollars(changed), dollars(changed - total)];
    }),
  );
  console.log(`${list.note} Prices of ${list.region}, their sources and dates: bench/prices.json.`);
}

function dollars(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function million(value: number): string {
  return `${(value / 1e6).toFixed(2)} million`;
}

const number = numberFrom(0);
void runProgram(
  createCommand('npm run cost --')
    .description('Print the monthly bill by service, and what changes it.')
    .option('--online <users>', 'users online all month', number, USUAL.online)
    .option('--members <users>', 'members of each room', number, USUAL.members)
    .option('--messages <count>', 'messages of each user in an hour', number, USUAL.messages)
    .option('--textBytes <bytes>', 'length of a text', number, USUAL.textBytes)
    .option('--pingSeconds <seconds>', 'time between two pings', number, USUAL.pingSeconds)
    .option('--keptMonths <months>', 'how long history is kept', number, USUAL.keptMonths)
    .option('--edits <count>', 'edits of a message', number, USUAL.edits)
    .option('--reactions <count>', 'reactions to a message', number, USUAL.reactions)
    .option('--reviews <count>', 'reviews of a message', number, USUAL.reviews)
    .option('--files <count>', 'files of a message', number, USUAL.files)
    .option('--fileKilobytes <kilobytes>', 'size of a file', number, USUAL.fileKilobytes)
    .option(
      '--tileKilobytes <kilobytes>',
      "size of a picture's tile; 0 for none",
      number,
      USUAL.tileKilobytes,
    )
    .option('--fileReads <count>', 'reads of a whole file (default: a tenth of the other members)', number)
    .addOption(new Option('--events <sink>', 'where each entry goes as an event').choices(SINKS))
    .option('--coalesceMs <ms>', 'window of messages that share a frame', number, USUAL.coalesceMs)
    .action(main),
);
