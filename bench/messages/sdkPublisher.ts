import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Publish } from './publish';

/**
 * The two patterns that most serverless chats follow, on the AWS SDK and one table of connections: `scan` reads the
 * whole table and posts to every connection, as AWS's sample does; `index` stores the message and reads the room from
 * an index. Both post with `Promise.all`.
 */
export function createSdkPublisher(
  pattern: 'scan' | 'index',
  tables: { flat: string; flatMessages: string },
): Publish {
  const database = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const api = new ApiGatewayManagementApiClient({ endpoint: process.env.MANAGEMENT_ENDPOINT ?? '' });

  const read = async (room: string): Promise<string[]> => {
    const ids: string[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await database.send(
        pattern === 'scan'
          ? new ScanCommand({
              TableName: tables.flat,
              ProjectionExpression: 'connectionId',
              ExclusiveStartKey,
            })
          : new QueryCommand({
              TableName: tables.flat,
              IndexName: 'byRoom',
              KeyConditionExpression: 'room = :room',
              ExpressionAttributeValues: { ':room': room },
              ExclusiveStartKey,
            }),
      );
      ids.push(...(page.Items ?? []).map((item) => String(item.connectionId)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return ids;
  };

  return async (room, text, number) => {
    const message = { room, at: Date.now() * 1000 + number, text, from: 'ann' };
    if (pattern === 'index')
      await database.send(new PutCommand({ TableName: tables.flatMessages, Item: message }));
    const Data = JSON.stringify(message);
    const ids = await read(room);
    await Promise.all(
      ids.map((ConnectionId) => api.send(new PostToConnectionCommand({ ConnectionId, Data }))),
    );
  };
}
