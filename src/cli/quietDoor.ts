import type { HeldSession } from '../node/session/open.ts';
import { resumeSession } from '../node/session/open.ts';
import { endpointFromEnvironment } from '../node/session/preflight.ts';
import { readToResume } from '../node/session/read.ts';
import { StartRefusal } from '../node/session/refusal.ts';
import { parseApprovals } from './approvals.ts';
import type { Output } from './output.ts';
import { terminalUser } from './terminalUser.ts';
import { productVersion } from './version.ts';

/**
 * Takes a session for a command that changes its work without the model: no key is needed, and nothing is ever sent. Rejects
 * with a StartRefusal, before anything is recorded, where the session never came to the content that its work is measured from.
 */
export async function holdQuietly(root: string, id: string | undefined, output: Output): Promise<HeldSession> {
  const { session, folder } = await readToResume(root, id);
  if (session.base === undefined) throw new StartRefusal('cannot-start', `the session ${folder.id} ended before it recorded what the work tree held at its start: it changed nothing, and there is nothing to rewind or to keep`);
  return resumeSession(root, folder.id, {
    name: 'the terminal', endpoint: endpointFromEnvironment(process.env), user: terminalUser(parseApprovals([])),
    unsandboxed: false, quiet: true, product: productVersion, progress: output.progress, storeLimit: process.env['BOUNDED_STORE_LIMIT'],
  });
}
