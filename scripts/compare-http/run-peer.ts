import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostileCase, hostileCases, startLab } from '@sluice/lab';
import type { Question } from './ask-peer.ts';
import { askProcess, type Peer } from './peer-process.ts';
import type { Verdict } from './verdict.ts';

const AT_ONCE = 8;
/** What they take or break in their process is theirs. */
const ALONE: ReadonlySet<string> = new Set([
  'endless-body',
  'gzip-bomb',
  'gzip-bomb-double',
  'close-unread',
  'few-descriptors',
]);
/** It would leave this machine, and on some find a service. */
const UNASKED = 'redirect-to-metadata';

/** Asks all that a lab does with one client, in processes of their own, and judges what comes of it. */
export async function runPeer(client: string): Promise<ReadonlyMap<string, Verdict>> {
  await using lab = await startLab({ hostile: true });
  await using labs = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-compare-'));
  labs.defer(() => rmSync(folder, { recursive: true }));
  const { addresses, ca } = lab.hostile!;
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
  const proxied = { ...env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: addresses.proxy, HTTPS_PROXY: addresses.proxy };

  const verdicts = new Map<string, Verdict>([[UNASKED, { kind: 'unasked', text: 'not asked' }]]);
  const ask = async (cases: readonly HostileCase[], rest: Omit<Peer, 'client'>, atOnce = 1): Promise<void> => {
    const questions: Question[] = [];
    for (const { name, url } of cases) {
      if (verdicts.has(name)) continue;
      // An origin of its own: what one behaviour leaves in a pool is no other's.
      const own = labs.use(await startLab());
      questions.push({ name, url: url({ ...addresses, lab: own.url, labPort: own.port }), labUrl: own.url });
    }
    const peer: Peer = { client, ...rest };
    let waiting = questions;
    while (waiting.length > 0) {
      const { unasked, suspects } = await askProcess(peer, waiting, atOnce, verdicts);
      // Of several that were under way one made it crash: which, they say alone.
      for (const suspect of suspects) await askProcess(peer, [suspect], 1, verdicts);
      waiting = unasked;
    }
  };
  for (const each of hostileCases.filter(({ name }) => ALONE.has(name))) {
    await ask([each], { env, hasFewDescriptors: each.needs === 'few-descriptors' });
  }
  await ask(
    hostileCases.filter(({ needs }) => needs === 'proxy'),
    { env: proxied },
  );
  await ask(hostileCases, { env }, AT_ONCE);
  return verdicts;
}
