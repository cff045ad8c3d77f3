import type { HostileGround } from '../lab.ts';
import type { RouteFamily } from '../route/route.ts';
import { bytesRoutes } from './bytes-routes.ts';
import { cachingRoutes } from './caching-routes.ts';
import { compressionRoutes } from './compression-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { credentialRoutes } from './credential-routes.ts';
import { echoRoutes } from './echo-routes.ts';
import { falseCodingRoutes } from './false-coding-routes.ts';
import { itemRoutes } from './item-routes.ts';
import { createLabRoutes } from './lab-routes.ts';
import { protocolRoutes } from './protocol-routes.ts';
import { redirectRoutes } from './redirect-routes.ts';
import { createRetryRoutes } from './retry-routes.ts';
import { softFailureRoutes } from './soft-failure-routes.ts';
import { stallRoutes } from './stall-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { timingRoutes } from './timing-routes.ts';

/** All routes of one lab, in the order of the index page; `ground` tells of its other ports. Each lab has its own, because some routes keep state. */
export function createRouteTable(ground: () => HostileGround | undefined): readonly RouteFamily[] {
  const families: readonly RouteFamily[] = [
    createLabRoutes(() => families, ground),
    itemRoutes,
    echoRoutes,
    statusRoutes,
    timingRoutes,
    bytesRoutes,
    compressionRoutes,
    redirectRoutes,
    credentialRoutes,
    contentRoutes,
    cachingRoutes,
    createRetryRoutes(),
    stallRoutes,
    connectionRoutes,
    protocolRoutes,
    falseCodingRoutes,
    softFailureRoutes,
  ];
  return families;
}
