import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { isRecord, type JsonRecord, textAt } from '../template/template';
import { answerJson, readBody, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';
import { signatureFault } from '../util/sigV4';

/** The most bytes of a message. */
const MAX_BYTES = 1024 * 1024;

/** What the local queues and the local bus get. */
export interface Sinks {
  /** A message of a queue, after `delayMs`. */
  onMessage(queue: string, body: string, delayMs: number): void;
  /** An event of the bus. */
  onEvent(detail: string): void;
}

/** Answers SendMessage as SQS does and PutEvents as EventBridge does. */
export function serveSinks({ onMessage, onEvent }: Sinks): Promise<Listening> {
  const server = createServer(
    safely(async (request, response) => {
      const body = await readBody(request, MAX_BYTES);
      const target = String(request.headers['x-amz-target']);
      const service = target.startsWith('AmazonSQS.') ? 'sqs' : 'events';
      const fault = signatureFault(request, body ?? Buffer.of(), service);
      const asked: unknown = body && fault === undefined ? JSON.parse(body.toString()) : undefined;
      if (!isRecord(asked)) return answerJson(response, 400, { __type: 'InvalidRequest', message: fault });

      if (target === 'AmazonSQS.SendMessage') {
        const delayMs = Number(asked.DelaySeconds ?? 0) * 1000;
        const text = textAt(asked, 'MessageBody') ?? '';
        onMessage(textAt(asked, 'QueueUrl') ?? '', text, delayMs);
        // The AWS SDK compares it with what it sent.
        const MD5OfMessageBody = createHash('md5').update(text).digest('hex');
        return answerJson(response, 200, { MessageId: 'local', MD5OfMessageBody });
      }
      if (target !== 'AWSEvents.PutEvents')
        return answerJson(response, 400, { __type: 'InvalidAction', message: `${target} is not served.` });
      for (const entry of Array.isArray(asked.Entries) ? asked.Entries : [])
        onEvent(textAt(entry as JsonRecord, 'Detail') ?? '');
      answerJson(response, 200, { FailedEntryCount: 0, Entries: [{ EventId: 'local' }] });
    }),
  );
  return listen(server);
}
