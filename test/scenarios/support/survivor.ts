import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../../src/core/session/events.ts';
import { readJournal } from '../../../src/node/journal/journal.ts';

/** Private state of the only repository below a state home; undefined where there is none yet. */
export function repositoryState(home: string): string | undefined {
  const bounded = path.join(home, 'bounded');
  const name = existsSync(bounded) ? readdirSync(bounded).find((one) => one.endsWith('-work')) : undefined;
  return name === undefined ? undefined : path.join(bounded, name);
}

/** Entries of the only session; fails where its trace is not a prefix of what was written, or lacks what was acknowledged. */
export async function survivingEntries(state: string | undefined, acknowledged: readonly Entry[]): Promise<readonly Entry[]> {
  const sessions = state === undefined ? undefined : path.join(state, 'sessions');
  const [id] = sessions !== undefined && existsSync(sessions) ? readdirSync(sessions) : [];
  const trace = path.join(sessions ?? '', id ?? '', 'trace.jsonl');
  if (id === undefined || !existsSync(trace)) {
    assert.equal(acknowledged.length, 0, 'the trace is gone');
    return [];
  }
  const { entries, problem, tornTail } = await readJournal(trace);
  assert.ok(problem === undefined || tornTail, problem?.why);
  assert.ok(entries.length >= acknowledged.length, `${entries.length} of ${acknowledged.length} acknowledged entries`);
  acknowledged.forEach((entry, index) => assert.deepEqual(entries[index], entry));
  return entries;
}

/** Fails unless every tree and commit that the entries name is whole in the store, by the store alone. Answers how many there are. */
export function checkCheckpoints(state: string | undefined, entries: readonly Entry[]): number {
  const named = new Set<string>();
  collect(entries, named);
  if (named.size === 0) return 0;
  const store = path.join(state ?? '', 'store');
  const fsck = git(store, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress']);
  assert.equal(fsck.status, 0, `git fsck of the store: ${fsck.stdout}${fsck.stderr}`);
  const objects = git(store, ['rev-list', '--objects', '--no-object-names', ...named]);
  assert.equal(objects.status, 0, `a checkpoint cannot be listed: ${objects.stderr}`);
  assert.doesNotMatch(git(store, ['cat-file', '--batch-check'], objects.stdout).stdout, /missing/);
  return named.size;
}

function collect(value: unknown, named: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // The place of the user's HEAD has a commit too, in a repository of theirs.
    if (key === 'head') continue;
    if (['tree', 'commit', 'safety'].includes(key) && typeof inner === 'string' && /^[0-9a-f]{40}$/.test(inner)) named.add(inner);
    else collect(inner, named);
  }
}

function git(store: string, args: readonly string[], input = ''): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync('git', args, { env: { PATH: process.env['PATH'] ?? '', GIT_DIR: store, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }, input, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Every file of a work tree but git's and Bounded's own pages, with its text. */
export function filesIn(root: string, below = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(path.join(root, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (name === '.git' || (below === '.bounded/task' && entry.name.endsWith('.md'))) continue;
    if (entry.isDirectory()) for (const [inner, text] of filesIn(root, name)) found.set(inner, text);
    else found.set(name, readFileSync(path.join(root, name), 'utf8'));
  }
  return found;
}

/** A content that lay beside its place when the process died. */
const beside = /(^|\/)\.bounded-[0-9a-f]{12}\.(tmp|old)$/;

/** Fails where a path has neither its bytes before nor those after; answers what lies beside. */
export function checkContents(root: string, allowed: ReadonlyMap<string, readonly (string | null)[]>): readonly string[] {
  const found = filesIn(root);
  for (const [file, texts] of allowed) {
    const text = found.get(file) ?? null;
    assert.ok(texts.includes(text), `${file} holds ${text === null ? 'nothing' : `${text.length} characters: ${JSON.stringify(text.slice(0, 60))}`}`);
  }
  const others = [...found.keys()].filter((file) => !allowed.has(file));
  assert.deepEqual(others.filter((file) => !beside.test(file)), []);
  return others;
}
