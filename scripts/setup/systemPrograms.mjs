import fs from 'node:fs';
import { isProgram, must, onPath, run } from '../programs.mjs';
import { Problem, say } from '../problem.mjs';

/**
 * A program of the system. `required`: nothing works without it; otherwise its absence is said and the work goes on.
 * @typedef {{ title: string, find: () => string | undefined, debian: string, why: string, required: boolean, otherwise?: string }} SystemProgram
 */

/** The browser for the editor tests: CHROMIUM, or the first of the usual names on PATH. @returns {string | undefined} */
export function findChromium() {
  const chosen = process.env['CHROMIUM'];
  if (chosen === undefined || chosen === '') return onPath('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge');
  if (isProgram(chosen)) return chosen;
  throw new Problem(`CHROMIUM names ${chosen}, which is not a program.`);
}

/** @type {SystemProgram} */
export const git = { title: 'git', find: () => onPath('git'), debian: 'git', why: 'sessions work on git repositories', required: true };
/** @type {SystemProgram} */
export const chromium = { title: 'Chromium', find: findChromium, debian: 'chromium', why: 'the editor tests drive a real VS Code in it', required: true, otherwise: 'or set CHROMIUM to a Chromium, Chrome or Edge program' };
/** @type {SystemProgram} */
export const bubblewrap = { title: 'bubblewrap', find: () => onPath('bwrap'), debian: 'bubblewrap', why: 'without it the commands of a session run without a sandbox', required: false };
/** @type {SystemProgram} */
export const strace = { title: 'strace', find: () => onPath('strace'), debian: 'strace', why: 'without it no test stops a session between two calls to the system', required: false };
/** @type {SystemProgram} */
export const ripgrep = { title: 'ripgrep', find: () => onPath('rg'), debian: 'ripgrep', why: 'without it searching is slower', required: false };

/**
 * Brings in the programs that are missing where that is possible and permitted; says plainly what to do where it is not.
 * @param {readonly SystemProgram[]} programs
 * @param {((missing: readonly SystemProgram[]) => Promise<void>) | null} [install] nothing where this machine is not ours to change
 */
export async function provide(programs, install = mayInstall() ? installPackages : null) {
  const missing = programs.filter(isMissing);
  if (missing.length === 0) return;
  await install?.(missing);
  for (const program of missing.filter(isMissing)) report(program);
}

/** @param {SystemProgram} program */
const isMissing = (program) => program.find() === undefined;

const mayInstall = () => process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');

/** @param {readonly SystemProgram[]} programs */
async function installPackages(programs) {
  say(`Installing ${programs.map((program) => program.title).join(', ')} with apt-get …`);
  const options = { quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = ['install', '--yes', '--no-install-recommends', ...programs.map((program) => program.debian)];
  if ((await run('apt-get', install, options)).status === 0) return;
  // The package lists may be missing or old.
  const { status } = await run('apt-get', ['update'], options);
  if (status !== 0) return say('apt-get could not fetch its package lists.');
  await must('apt-get', install, options).catch((error) => say(error.message));
}

/** @param {SystemProgram} program */
function report({ title, debian, why, required, otherwise }) {
  const advice = `Install it (Debian and Ubuntu: apt-get install ${debian})${otherwise === undefined ? '' : `, ${otherwise}`}.`;
  if (required) throw new Problem(`${title} is missing: ${why}.`, advice);
  say(`${title} is missing: ${why}. ${advice}`);
}
