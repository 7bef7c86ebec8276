import { CommandError, EXIT } from '../commandLine/exitCodes';
import { sentenceOf } from '../operator/awsError';
import type { StackOptions } from '../operator/stackOptions';

/** An alarm of a stack, as the page shows it. */
export interface Alarm {
  name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  state: string;
  /** When it came into this state, in milliseconds since the epoch. */
  since: number | undefined;
  description: string;
}

/** The alarms of a stack, or why there are none to show. */
export type AlarmsView = { kind: 'alarms'; alarms: Alarm[] } | { kind: 'none'; sentence: string };

/** An alarm as CloudWatch describes it. */
export interface DescribedAlarm {
  AlarmName?: string | undefined;
  AlarmDescription?: string | undefined;
  StateValue?: string | undefined;
  StateUpdatedTimestamp?: Date | undefined;
}

/** Describes a page of the alarms whose names begin with a prefix. */
export type DescribeAlarms = (
  prefix: string,
  next: string | undefined,
) => Promise<{ MetricAlarms?: DescribedAlarm[] | undefined; NextToken?: string | undefined }>;

/** Pages that are read: a stack has fewer than a hundred alarms, and stages of similar names share a prefix. */
const MAX_PAGES = 10;

const STATES = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];

/** Reads the alarms of a stack, those that are raised first. */
export async function readAlarms(stage: string, describe: DescribeAlarms): Promise<AlarmsView> {
  const stack = `edge-chat-${stage}`;
  const described: DescribedAlarm[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const { MetricAlarms = [], NextToken } = await describe(`${stack}-`, next);
    described.push(...MetricAlarms);
    next = NextToken;
    pages++;
  } while (next !== undefined && pages < MAX_PAGES);

  const alarms = described.flatMap(({ AlarmName = '', AlarmDescription = '', ...alarm }) =>
    // The alarms of stage `prod-2` have the prefix of `prod` too; every description names its stack.
    AlarmDescription.startsWith(`${stack}: `)
      ? [
          {
            // CloudFormation adds a part of its own.
            name: AlarmName.slice(stack.length + 1).replace(/-[^-]*$/, ''),
            state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
            since: alarm.StateUpdatedTimestamp?.getTime(),
            description: AlarmDescription.slice(stack.length + 2),
          },
        ]
      : [],
  );
  if (alarms.length === 0)
    return {
      kind: 'none',
      sentence: `The stack ${stack} has no alarms. Deploy it with watch=all to get them.`,
    };
  const rank = ({ state }: Alarm) => STATES.indexOf(state);
  return {
    kind: 'alarms',
    alarms: alarms.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)),
  };
}

/** Connects to CloudWatch with the credentials and the Region that the AWS CLI would use. */
export async function connectToCloudWatch({ region }: StackOptions): Promise<DescribeAlarms> {
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient({ ...(region && { region }) });
  return async (AlarmNamePrefix, NextToken) => {
    try {
      return await client.send(
        new DescribeAlarmsCommand({
          AlarmNamePrefix,
          NextToken,
          AlarmTypes: ['MetricAlarm'],
          MaxRecords: 100,
        }),
      );
    } catch (error) {
      throw new CommandError(
        EXIT.unreachable,
        `CloudWatch: ${sentenceOf(error, 'cloudwatch:DescribeAlarms')}`,
      );
    }
  };
}
