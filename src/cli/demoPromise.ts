import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs } from '../core/guard/globs.ts';
import type { Session } from '../core/session/session.ts';

/**
 * Scenes of the demo that its trace does not show, in words; empty when it shows all of them. A run that comes to `pass`
 * without them has not shown what the demo is for: that a wrong claim, a weak oracle and a stray would have been seen.
 */
export function missingScenes({ line, claims, rewinds }: Session): readonly string[] {
  const red = line.runs.filter((run) => run.purpose === 'progress' && run.cells.some((cell) => cell.class === 'fail' && cell.metrics.some((metric) => metric.value !== null)));
  const strays = line.flags.filter((flag) => flag.standing === 'out-of-scope' && flag.outcome === 'rewound');
  const scenes: readonly (readonly [string, boolean])[] = [
    ['a plan', line.plan !== undefined],
    ['three decoys, each caught by the oracle', line.decoys.length >= 3 && line.decoys.every((decoy) => decoy.result === 'caught')],
    ['a wrong implementation, red with its figures', red.length > 0],
    ['a false claim, contradicted by the measurement', claims.some((claim) => claim.support === 'contradicted')],
    ['a change outside of the scope, flagged and rewound', strays.length > 0 && rewinds.some((rewind) => rewind.by === 'person')],
    ['a finding of the review, fixed', line.findings.some((finding) => finding.outcome === 'fixed')],
  ];
  return scenes.flatMap(([scene, shown]) => (shown ? [] : [scene]));
}

/**
 * Files of the workspace that differ from `original` (the folder that it was copied from) although the contract lets nobody
 * change them: read from the disk, so that it holds whatever the session believes. Paths are relative, with `/`.
 */
export async function changedNeighbours(workspace: string, original: string, session: Session): Promise<readonly string[]> {
  const { scope } = session.contract;
  const agreed = compileGlobs([...scope.change.map((area) => area.glob), ...scope.oracle, `/.bounded/${session.name}/`]);
  const [now, before] = await Promise.all([filesOf(workspace), filesOf(original)]);
  const all = [...new Set([...now.keys(), ...before.keys()])].filter((file) => agreed(file) === undefined).sort();
  const differs = await Promise.all(all.map(async (file) => !(await sameBytes(now.get(file), before.get(file)))));
  return all.filter((_file, index) => differs[index]);
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(folder, file).split(path.sep).join('/'), file] as const).filter(([name]) => !name.startsWith('.git/')));
}

async function sameBytes(a: string | undefined, b: string | undefined): Promise<boolean> {
  if (a === undefined || b === undefined) return false;
  const [left, right] = await Promise.all([readFile(a), readFile(b)]);
  return left.equals(right);
}
