import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/freePort';

const run = promisify(execFile);

const STARTS_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 250;

/** A user of the server. */
export const KEYS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/** Tells whether Ceph is on this machine: on Debian the packages `ceph-mon`, `ceph-osd`, `radosgw` and `ceph-common`. */
export const isCephHere = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

export interface Ceph {
  endpoint: string;
  stop(): void;
}

/** Starts Ceph's S3 gateway with one monitor and one store in memory, on loopback only. */
export async function startCeph(): Promise<Ceph> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ceph-'));
  const at = (name: string) => path.join(folder, name);
  const [monitor, gateway] = [await freePort(), await freePort()];
  const [cluster, store] = [randomUUID(), randomUUID()];
  writeFileSync(at('ceph.conf'), settings(cluster, folder, monitor, gateway));
  for (const name of ['mon', 'osd']) mkdirSync(at(name));
  const call = (program: string, ...given: string[]) =>
    run(program, [...given, '-c', at('ceph.conf')], { timeout: STARTS_WITHIN_MS });
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...given: string[]) =>
    void daemons.push(spawn(program, ['-f', ...given, '-c', at('ceph.conf')], { stdio: 'ignore' }));
  const stop = (): void => {
    for (const daemon of daemons) daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const keys = ['--gen-key', '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
    await run('ceph-authtool', [at('keyring'), '--create-keyring', '-n', 'mon.', ...keys]);
    for (const name of ['client.admin', 'osd.0'])
      await run('ceph-authtool', [at('keyring'), '-n', name, ...keys]);
    const address = `[v2:127.0.0.1:${monitor}]`;
    await run('monmaptool', ['--create', '--fsid', cluster, '--addv', 'a', address, at('monmap')]);
    await call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', at('monmap'), '--keyring', at('keyring'));
    start('ceph-mon', '-i', 'a');
    await call('ceph', 'auth', 'import', '-i', at('keyring'));
    await call('ceph', 'osd', 'new', store);
    await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store);
    start('ceph-osd', '-i', '0');
    start('radosgw', '-n', 'client.admin');
    const endpoint = `http://127.0.0.1:${gateway}`;
    await answers(endpoint);
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = KEYS;
    const user = ['--uid=local', '--display-name=local', `--access-key=${id}`, `--secret=${secret}`];
    await call('radosgw-admin', 'user', 'create', ...user);
    return { endpoint, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

async function answers(endpoint: string): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (
    !(await fetch(endpoint).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error('The gateway does not start.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const settings = (cluster: string, folder: string, monitor: number, gateway: number) => `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${monitor}/0]
mon initial members = a
mon data = ${folder}/mon
mon data avail crit = 1
mon allow pool size one = true
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
public addr = 127.0.0.1
public network = 127.0.0.0/8
ms bind ipv6 = false
run dir = ${folder}
admin socket = ${folder}/$name.$pid.asok
log file = ${folder}/$name.log
pid file = ${folder}/$name.pid
keyring = ${folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`;
