import { spawn } from 'node:child_process';
import { onPath } from '../programs.mjs';

/** What opens an address on this machine, or nothing where nobody could see it. @returns {[string, string[]] | undefined} */
function opener() {
  if (process.platform === 'darwin') return ['open', []];
  if (process.platform === 'win32') return ['cmd', ['/c', 'start', '']];
  const screen = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  const program = onPath('xdg-open');
  return screen === undefined || program === undefined ? undefined : [program, []];
}

/** Opens `url` in the user's browser, which is theirs and stays open. @param {string} url */
export function openInBrowser(url) {
  const found = opener();
  if (found === undefined) return;
  const [command, args] = found;
  spawn(command, [...args, url], { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}
