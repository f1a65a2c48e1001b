import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive, must } from '../programs.mjs';
import { Problem, say } from '../problem.mjs';
import { inRoot } from '../root.mjs';
import { npm } from './npm.mjs';
import { stubs } from './vscodeHostStubs.mjs';

/**
 * A real VS Code server and the Node it is made for, from the npm registry, without a native build:
 * the package code-server carries a whole VS Code in lib/vscode; its prebuilt modules are enough.
 */
const codeServer = {
  spec: 'code-server@4.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  members: ['package/lib/vscode', 'package/LICENSE', 'package/ThirdPartyNotices.txt'],
};
/** The built-in JavaScript support reports a damaged VS Code without its TypeScript, which the server's package leaves out. */
const typescript = {
  spec: 'typescript@6.0.3',
  integrity: 'sha512-y2TvuxSZPDyQakkFRPZHKFm+KKVqIisdg9/CZwm9ftvKXLP8NRWj38/ODjNbr43SsoXqNuAisEf1GdCxqWcdBw==',
  members: ['package'],
};
const nodeVersion = '24.21.0';
/** @type {Record<string, string>} */
const nodeIntegrity = {
  'linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

const folder = inRoot('.vscode-host');
const platform = `${process.platform}-${process.arch}`;

/** Extensions of VS Code that need packages which are left out, or an account. */
const withoutExtensions = ['copilot', 'mermaid-markdown-features'];

/** Where the parts of an installed host are. @param {string} [at] */
export const hostPaths = (at = folder) => ({
  node: path.join(at, 'node', 'package', 'bin', 'node'),
  vscode: path.join(at, 'code-server', 'package', 'lib', 'vscode'),
  main: path.join(at, 'code-server', 'package', 'lib', 'vscode', 'out', 'server-main.js'),
});

/** Whether this platform can have the host; elsewhere the desktop editor is used. */
export const hostIsAvailable = () => platform in nodeIntegrity;

/** Makes the host in `.vscode-host` unless exactly this one is there. A half-made host is never left under that name. */
export async function provideVscodeHost() {
  const stamp = path.join(folder, 'stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wantedStamp()) return;
  const nodePackage = { spec: `node-${platform}@${nodeVersion}`, integrity: nodeIntegrity[platform], members: ['package/bin', 'package/LICENSE'] };
  if (nodePackage.integrity === undefined) throw new Problem(`There is no VS Code host for ${platform}.`, 'Use an installed VS Code: npm start -- --desktop, npm run test:electron.');
  say('Setting up a real VS Code for tests and for npm start (.vscode-host, about 390 MB, once) …');
  removeLeftovers();
  const making = `${folder}.making-${process.pid}`;
  fs.mkdirSync(making, { recursive: true });
  try {
    await unpack(codeServer, path.join(making, 'code-server'));
    await unpack({ ...nodePackage, integrity: nodePackage.integrity }, path.join(making, 'node'));
    await installModules(hostPaths(making).vscode);
    await installTypescript(path.join(hostPaths(making).vscode, 'extensions', 'node_modules'));
    fs.writeFileSync(path.join(making, 'stamp'), wantedStamp());
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(making, folder);
  } finally {
    fs.rmSync(making, { recursive: true, force: true });
  }
}

/** Removes what an interrupted set-up left behind, but nothing of one that is going on in another terminal. */
function removeLeftovers() {
  const prefix = `${path.basename(folder)}.making-`;
  for (const name of fs.readdirSync(path.dirname(folder)).filter((each) => each.startsWith(prefix))) {
    if (!isAlive(Number(name.slice(prefix.length)))) fs.rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

/** Everything that decides what the host consists of. */
function wantedStamp() {
  const parts = [codeServer.spec, typescript.spec, nodeVersion, platform, fs.readFileSync(lockFile, 'utf8'), JSON.stringify(stubs), withoutExtensions.join()];
  return crypto.createHash('sha256').update(parts.join('\n')).digest('hex');
}

const lockFile = inRoot('scripts', 'setup', 'vscodeHost.lock.json');

/** Fetches a package, checks its bytes and unpacks the named members. @param {{ spec: string, integrity: string, members: string[] }} wanted @param {string} to */
async function unpack({ spec, integrity, members }, to) {
  fs.mkdirSync(to, { recursive: true });
  await npm(['pack', spec], { cwd: to });
  const archive = fs.readdirSync(to).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Problem(`npm pack ${spec} left no archive.`);
  const file = path.join(to, archive);
  const found = `sha512-${crypto.createHash('sha512').update(fs.readFileSync(file)).digest('base64')}`;
  if (found !== integrity) throw new Problem(`${spec} is not the package that was tested: its hash is ${found}.`, 'Do not use it. The registry or the way to it changed its bytes.');
  await must('tar', ['xzf', archive, ...members], { cwd: to, quiet: true });
  fs.rmSync(file);
}

/** Installs the locked modules of the server, without those that only its left-out parts need, and the stand-ins for native ones. @param {string} vscode */
async function installModules(vscode) {
  for (const name of withoutExtensions) fs.rmSync(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  for (const name of ['npm-shrinkwrap.json', 'extensions/npm-shrinkwrap.json']) fs.rmSync(path.join(vscode, name), { force: true });
  const lock = fs.readFileSync(lockFile, 'utf8');
  const manifest = JSON.parse(fs.readFileSync(path.join(vscode, 'package.json'), 'utf8'));
  delete manifest.allowScripts;
  manifest.dependencies = JSON.parse(lock).packages[''].dependencies;
  fs.writeFileSync(path.join(vscode, 'package.json'), JSON.stringify(manifest, null, 1));
  fs.writeFileSync(path.join(vscode, 'package-lock.json'), lock);
  await npm(['ci', '--omit=dev'], { cwd: vscode });
  for (const [name, source] of Object.entries(stubs)) writeModule(path.join(vscode, 'node_modules', name), name, source);
}

/** @param {string} modules */
async function installTypescript(modules) {
  await unpack(typescript, modules);
  fs.renameSync(path.join(modules, 'package'), path.join(modules, 'typescript'));
}

/** @param {string} at @param {string} name @param {string} source */
function writeModule(at, name, source) {
  fs.mkdirSync(at, { recursive: true });
  fs.writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name, version: '0.0.0', main: 'index.js' }));
  fs.writeFileSync(path.join(at, 'index.js'), source);
}
