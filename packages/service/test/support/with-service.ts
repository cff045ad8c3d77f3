import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createService, type Service, type ServiceOptions } from '../../src/index.ts';

/** A folder for one test. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-service-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A service in a folder of its own, on a free port. */
export async function startService(options: ServiceOptions = {}): Promise<Service & { readonly folder: string }> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'sluice-service-')));
  const service = await createService({ port: 0, grace: '200ms', ...options, folder });
  return {
    ...service,
    folder,
    async [Symbol.asyncDispose]() {
      await service.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
