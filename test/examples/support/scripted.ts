import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenerFor } from '../../../examples/scripted-model/api/http.ts';
import { loadScript } from '../../../examples/scripted-model/engine/loadScript.ts';
import { scriptFolder } from './workspace.ts';

export interface Scripted {
  readonly url: string;
  close(): Promise<void>;
}

/** The scripted server inside the test process. */
export async function startScripted(): Promise<Scripted> {
  const server = http.createServer(listenerFor(loadScript(scriptFolder), 0));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
