import fs from 'node:fs';
import { Problem, say } from '../problem.mjs';
import { inRoot, root } from '../root.mjs';
import { npm } from './npm.mjs';

const leastNode = [20, 19];

/** Refuses a Node that the tools do not run on. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastNode;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Problem(`Node ${version} is too old.`, `Install Node ${leastNode.join('.')} or newer.`);
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }>} LockedPackages */

/**
 * Whether what npm wrote down as installed is what the lock file asks for. Optional packages of other platforms are rightly absent.
 * @param {LockedPackages} wanted @param {LockedPackages} installed
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([where, { version, integrity, optional, devOptional }]) => {
    if (where === '') return true;
    const found = installed[where];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** @param {string} file @returns {LockedPackages | undefined} */
function lockedPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Installs the pinned packages when they are missing or not those of the lock file. No package's install script runs. */
export async function installDependencies() {
  const wanted = lockedPackages(inRoot('package-lock.json'));
  if (wanted === undefined) throw new Problem('package-lock.json cannot be read.', 'Take it from the repository again.');
  const installed = lockedPackages(inRoot('node_modules', '.package-lock.json'));
  if (installed !== undefined && isInstalled(wanted, installed)) return;
  say('Installing the pinned packages (npm ci) …');
  await npm(['ci'], { cwd: root });
}
