import type { HostileGround } from '../lab.ts';
import type { HostileAddresses, HostileCase } from './hostile-case.ts';

const NO_PORT = 'no-port:';

/** The URL of a case; undefined when it needs a port that this lab did not open. */
export function hostileLink(
  hostileCase: HostileCase,
  lab: string,
  ground: HostileGround | undefined,
): string | undefined {
  if (ground !== undefined) return hostileCase.url({ ...ground.addresses, lab });
  const onlyLab = new Proxy({ lab } as HostileAddresses, {
    get: (known, name) => (name in known ? known[name as keyof HostileAddresses] : NO_PORT),
  });
  const url = hostileCase.url(onlyLab);
  return url.includes(NO_PORT) || url.includes(encodeURIComponent(NO_PORT)) ? undefined : url;
}
