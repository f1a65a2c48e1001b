import fs from 'node:fs';
import readline from 'node:readline/promises';
import { start } from '../programs.mjs';
import { Problem } from '../problem.mjs';
import { inRoot } from '../root.mjs';

/**
 * Who answers the requests of the session. `env` is meant for the extension host alone: `undefined` takes a variable away.
 * @typedef {{ title: string, env: NodeJS.ProcessEnv }} Model
 */

/** The variables that hold a key or say where requests go. */
export const modelVariables = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'];

/**
 * The user's own key where there is one and the user agrees, otherwise the scripted model, which costs nothing and sends nothing.
 * @param {{ scripted: () => Promise<string>, ask?: () => Promise<boolean> }} options `scripted` starts the scripted model and answers its address
 * @returns {Promise<Model>}
 */
export async function chooseModel({ scripted, ask = mayUseKey }) {
  if ((process.env['ANTHROPIC_API_KEY'] ?? '') !== '' && (await ask())) {
    return { title: `${process.env['ANTHROPIC_BASE_URL'] ?? 'https://api.anthropic.com'}, with your ANTHROPIC_API_KEY`, env: {} };
  }
  const url = await scripted();
  const none = Object.fromEntries(modelVariables.map((name) => [name, undefined]));
  return { title: `a prepared script at ${url}; it costs nothing and nothing leaves this machine`, env: { ...none, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'loopback-needs-no-key' } };
}

/** A key is spent only when somebody at the terminal says so. */
async function mayUseKey() {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.log('ANTHROPIC_API_KEY is set, but nobody is here to agree to its use; the scripted model answers instead.');
    return false;
  }
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('ANTHROPIC_API_KEY is set. Use it? The example may cost up to 2 USD. Otherwise a scripted model answers. [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Starts the server of prepared answers. Its first line tells where it listens.
 * @param {string | undefined} pace milliseconds between the pieces of an answer @returns {Promise<string>}
 */
export function startScriptedModel(pace) {
  const program = inRoot('dist', 'scripted-model.js');
  if (!fs.existsSync(program)) throw new Problem(`${program} is missing.`, 'Run npm run build.');
  // It ends when its standard input does, and so with us, whatever happens to us.
  const child = start(process.execPath, [program, ...(pace === undefined ? [] : ['--pace', pace])], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))).url);
    });
    child.once('exit', (status) => reject(new Problem(`The scripted model ended with status ${status}.`)));
  });
}
