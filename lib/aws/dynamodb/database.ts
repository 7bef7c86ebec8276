import type { Row } from './attributeValues';

/** The operations of DynamoDB's API that the stores use. */
export type Operation =
  | 'BatchGetItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

/** What a call asks for: the API's own fields, with rows and values as we write them. */
export interface Input {
  TableName?: string;
  Item?: Row;
  Key?: Row;
  ExclusiveStartKey?: Row | undefined;
  ExpressionAttributeValues?: Row;
  RequestItems?: Record<string, { Keys: readonly Row[] } & Record<string, unknown>>;
  [field: string]: unknown;
}

interface Consumed {
  CapacityUnits?: number;
}

/** What a call gives, as far as the stores read it. */
export interface Output {
  Item?: Row;
  Items?: Row[];
  Attributes?: Row;
  LastEvaluatedKey?: Row;
  Responses?: Record<string, Row[]>;
  /** Keys a batch left out. */
  UnprocessedKeys?: Record<string, { Keys: Row[] }>;
  /** Of one table, or of each table of a batch. */
  ConsumedCapacity?: Consumed | Consumed[];
}

/** The database. A failure that may pass, or whose outcome is unknown, is {@link Unavailable}. */
export interface Database {
  /** @throws Unavailable | ConditionFailed */
  call(operation: Operation, input: Input): Promise<Output>;
}

/** The row did not meet the condition of a write. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';
  /** The row, from engines that send it along. */
  readonly row: Row | undefined;
  constructor(row?: Row) {
    super('The row does not meet the condition.');
    this.row = row;
  }
}
