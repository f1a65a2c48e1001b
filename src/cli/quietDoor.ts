import type { Door } from '../node/session/open.ts';
import { endpointFromEnvironment } from '../node/session/preflight.ts';
import { parseApprovals } from './approvals.ts';
import type { Output } from './output.ts';
import { terminalUser } from './terminalUser.ts';
import { productVersion } from './version.ts';

/** For commands that change a session without the model: no key is needed, and nothing is ever sent. */
export function quietDoor(output: Output): Door {
  return {
    name: 'the terminal', endpoint: endpointFromEnvironment(process.env) ?? { apiKey: '', baseUrl: 'http://127.0.0.1:9' }, user: terminalUser(parseApprovals([])),
    unsandboxed: false, quiet: true, product: productVersion, progress: output.progress,
  };
}
