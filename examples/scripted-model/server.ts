import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listenerFor } from './api/http.ts';
import { loadScript } from './engine/loadScript.ts';

/*
 * A Messages-API server on loopback that plays a model from a script:
 *   node dist/scripted-model.js [--port 0] [--pace MS] [--script DIR]
 * It prints one line {"url": …} when it listens, and ends when its standard input ends, which is when its parent does.
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, pace: { type: 'string', default: '0' }, script: { type: 'string' } } });
const folder = values.script ?? fileURLToPath(new URL('../examples/scripted-model/scripts/activations', import.meta.url));

const server = createServer(listenerFor(loadScript(folder), wholeNumber('pace', values.pace)));
server.listen(wholeNumber('port', values.port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});

const end = (): void => {
  server.close();
  server.closeAllConnections();
};
process.stdin.on('end', end).on('error', end).on('close', end).resume();

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`--${name} takes a whole number, not ${text}`);
  return value;
}
