import { createFileSigner } from '../../lib/aws/s3/fileSigner';
import { createFileStore } from '../../lib/aws/s3/fileStore';
import { signQuery } from '../../lib/aws/s3/signature';
import type { FileSigner, FileStore } from '../../lib/ports/fileStore';
import { type Ceph, isCephHere, KEYS, startCeph } from './ceph';
import { CHANGED_FORMS, CONTENT, submit, wanted } from './changedForms';

jest.setTimeout(240_000);

const BUCKET = 'files';
const UPLOAD = { ...wanted(CONTENT), hasTile: true };
/** Ceph 16 knows no SHA-256 in a form. */
const NOT_CHECKED = 'another content of that size';

const title = isCephHere
  ? "Ceph's S3"
  : "Ceph's S3 (needs Debian's ceph-mon, ceph-osd, radosgw and ceph-common)";
(isCephHere ? describe : describe.skip)(title, () => {
  let ceph: Ceph;
  let signer: FileSigner;
  let files: FileStore;
  const storeWith = (keys: Partial<typeof KEYS>) =>
    createFileStore(BUCKET, {
      ...KEYS,
      ...keys,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: ceph.endpoint,
    });

  beforeAll(async () => {
    ceph = await startCeph();
    signer = createFileSigner(BUCKET, {
      ...KEYS,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: ceph.endpoint,
    });
    files = storeWith({});
    const { host } = new URL(ceph.endpoint);
    // The product makes no bucket.
    const request = { method: 'PUT' as never, host, path: `/${BUCKET}`, expiresInSeconds: 60 };
    const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };
    const query = signQuery(request, { credentials, region: 'us-east-1', now: Date.now() });
    const { status } = await fetch(`${ceph.endpoint}/${BUCKET}?${query}`, { method: 'PUT' });
    expect(status).toBe(200);
  });
  afterAll(() => ceph?.stop());

  it('takes a form, tells of its file, lets it stay, gives it to its address for five minutes, and removes it', async () => {
    const key = 'user/room/id';
    const told = { name: UPLOAD.name, type: 'text/plain', bytes: CONTENT.length, hasTile: true };

    expect((await submit(signer.signUpload(key, UPLOAD, Date.now()), CONTENT)).status).toBe(204);

    expect(await files.find(key)).toEqual({ ...told, isPending: true });
    await files.keep(key);
    expect(await files.find(key)).toEqual({ ...told, isPending: false });
    expect(await files.list('user/')).toEqual([key]);
    const read = (now: number) => fetch(signer.signRead(key, now));
    expect(await (await read(Date.now())).text()).toBe(String(CONTENT));
    expect((await read(Date.now() - 301_000)).status).toBe(403);
    await files.remove(key);
    expect(await files.find(key)).toBeUndefined();
    await files.remove(key);
    await files.keep(key);
  });

  it.each(CHANGED_FORMS.filter(([what]) => what !== NOT_CHECKED))(
    'refuses a form with %s, and stores nothing',
    async (_what, change, content) => {
      const form = signer.signUpload('user/room/refused', UPLOAD, Date.now());
      const before = await files.list('');

      const { status } = await submit(change(form), content);

      expect([400, 403]).toContain(status);
      expect(await files.list('')).toEqual(before);
    },
  );

  it('refuses a form that has expired, and tells of a wrong secret', async () => {
    const late = signer.signUpload('user/room/late', UPLOAD, Date.now() - 601_000);

    expect((await submit(late, CONTENT)).status).toBe(403);
    await expect(storeWith({ AWS_SECRET_ACCESS_KEY: 'wrong' }).keep('user/room/id')).rejects.toThrow(
      'S3 refused DELETE of a file: status 403 SignatureDoesNotMatch',
    );
  });
});
