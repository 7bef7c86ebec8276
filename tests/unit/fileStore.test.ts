import { createFileStore } from '../../lib/aws/s3/fileStore';
import { Unavailable } from '../../lib/ports/unavailable';

const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

afterEach(() => jest.restoreAllMocks());

it('a call of S3 is tried twice', async () => {
  const asked = jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => new Response('<Code>SlowDown</Code>', { status: 503 }));

  await expect(createFileStore('files', env).find('a-key')).rejects.toThrow(Unavailable);

  expect(asked).toHaveBeenCalledTimes(2);
});
