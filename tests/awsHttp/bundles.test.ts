import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

const { bundling } = require('../../infra/esbuild.js') as {
  bundling(awsClients: string): Record<string, unknown>;
};

/** The files whose code is in the bundle of any of the functions. */
async function bundledFiles(awsClients: string, functions = readdirSync('handlers')): Promise<string[]> {
  const { exclude: _exclude, outputWorkFolder: _folder, ...options } = bundling(awsClients);
  const entryPoints = functions.map((file) => `handlers/${file}`);
  const { metafile } = await build({ ...options, entryPoints, outdir: 'none', write: false, metafile: true });
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  return [...new Set(files)];
}

const SDK = /node_modules\/@(aws-sdk|smithy|aws)\/|^lib\/aws\/sdk\//;
const OWN_HTTP = /^lib\/aws\/http\//;

it.each([
  ['own', OWN_HTTP, SDK],
  ['sdk', SDK, OWN_HTTP],
])(
  'bundles with awsClients=%s hold these clients and not the others',
  async (awsClients, clients, others) => {
    const files = await bundledFiles(awsClients);

    expect(files.filter((file) => clients.test(file))).not.toEqual([]);
    expect(files.filter((file) => others.test(file))).toEqual([]);
  },
);

it('the bundle of sendMessage holds no code of other functions: a cold start reads every byte', async () => {
  const files = await bundledFiles('own', ['sendMessage.ts']);

  expect(files).toContain('lib/actions/sendMessage.ts');
  expect(
    files.filter((file) =>
      /parseServerFrame|parseFrame|erasureStore|userDirectory|userStore|handshakeStore|connectionRoomStore|frameUpdates|\/bans\.ts|kick|joinRoom/.test(
        file,
      ),
    ),
  ).toEqual([]);
});
