import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

/** A lab in another process, so that its work is not counted with what is tested. */
export interface LabProcess extends AsyncDisposable {
  readonly url: string;
  /** Requests so far. Cheap. */
  total(): Promise<number>;
  hits(): Promise<{ total: number; paths: Record<string, number> }>;
}

export async function startLabProcess(): Promise<LabProcess> {
  const file = fileURLToPath(new URL('./lab-process.ts', import.meta.url));
  const child = fork(file, { execArgv: ['--conditions=@sluice/source'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async total() {
      child.send('total');
      const [answer] = (await once(child, 'message')) as [{ total: number }];
      return answer.total;
    },
    hits: async () => JSON.parse(await read(`${url}/hits`)) as { total: number; paths: Record<string, number> },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
