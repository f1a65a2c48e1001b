import { createHash } from 'node:crypto';
import type { Capture, Head, Landing, RestoreOutcome } from '../../agent/ports.ts';
import { pathIn, type RootName } from '../../core/contract/rootPath.ts';
import type { Hunk } from '../../core/session/changes.ts';
import type { LeftPath } from '../../core/session/facts.ts';
import { joinIds } from '../../core/session/joinedIds.ts';

/** The checkpoints of all roots as one. Where one of them looked at the written paths alone, all together stand for no more. */
export function joinCaptures(parts: readonly { readonly name: RootName; readonly capture: Capture }[]): Capture {
  const named = <T>(of: (capture: Capture) => Readonly<Record<string, T>>, key: (name: RootName, key: string) => string): Record<string, T> =>
    Object.fromEntries(parts.flatMap(({ name, capture }) => Object.entries(of(capture)).map(([one, value]) => [key(name, one), value])));
  return {
    tree: joinIds(parts.map(({ capture }) => capture.tree)),
    covers: parts.every(({ capture }) => capture.covers === 'everything') ? 'everything' : 'written',
    notCovered: parts.flatMap(({ name, capture }) => capture.notCovered.map((one) => pathIn(name, one))),
    ...(parts.some(({ capture }) => capture.outdated !== undefined) ? { outdated: parts.flatMap(({ name, capture: { outdated = [] } }) => outdated.map((path) => pathIn(name, path))) } : {}),
    control: named(({ control }) => control, (name, key) => (name === '' ? key : `${name}: ${key}`)),
    beside: named(({ beside = {} }) => beside, pathIn),
  };
}

/** Commits and branches of all roots as one text each, which differ as soon as one of them does; the first operation that is going on. */
export function joinHeads(parts: readonly { readonly name: RootName; readonly head: Head }[]): Head {
  const unreadable = parts.find(({ head }) => head.unreadable !== undefined)?.head.unreadable;
  if (unreadable !== undefined) return { unreadable };
  const joined = (of: (head: Head) => string | undefined): string | undefined => (parts.every(({ head }) => of(head) === undefined) ? undefined : joinIds(parts.map(({ head }) => of(head) ?? '')));
  const [commit, branch] = [joined((head) => head.commit), joined((head) => head.branch)];
  const busy = parts.find(({ head }) => head.operation !== undefined);
  const operation = busy === undefined ? undefined : `${busy.head.operation}${busy.name === '' ? '' : ` in ${busy.name}`}`;
  return { ...(commit === undefined ? {} : { commit }), ...(branch === undefined ? {} : { branch }), ...(operation === undefined ? {} : { operation }) };
}

/** Every path as the session knows it. */
export function joinRestores(parts: readonly { readonly name: RootName; readonly outcome: RestoreOutcome }[], left: readonly LeftPath[]): RestoreOutcome {
  const moved = parts.flatMap(({ name, outcome }) => (outcome.moved ?? []).map((one) => ({ path: pathIn(name, one.path), to: pathIn(name, one.to) })));
  const emptied = parts.flatMap(({ name, outcome }) => (outcome.emptied ?? []).map((path) => pathIn(name, path)));
  return {
    restored: parts.flatMap(({ name, outcome }) => outcome.restored.map((path) => pathIn(name, path))),
    merged: parts.flatMap(({ name, outcome }) => outcome.merged.map((path) => pathIn(name, path))),
    now: new Map(parts.flatMap(({ name, outcome }) => [...outcome.now].map(([path, blob]) => [pathIn(name, path), blob] as const))),
    left: [...left, ...parts.flatMap(({ name, outcome }) => outcome.left.map((one) => ({ ...one, path: pathIn(name, one.path) })))],
    ...(moved.length === 0 ? {} : { moved }), ...(emptied.length === 0 ? {} : { emptied }),
  };
}

/** What became of a command's writes in all roots. */
export function joinLandings(parts: readonly { readonly name: RootName; readonly landing: Landing }[]): Landing {
  return {
    before: joinIds(parts.map(({ landing }) => landing.before)),
    landed: new Set(parts.flatMap(({ name, landing }) => Array.from(landing.landed, (path) => pathIn(name, path)))),
    withheld: parts.flatMap(({ name, landing }) => landing.withheld.map((one) => ({ ...one, path: pathIn(name, one.path) }))),
  };
}

/** The same change in the same file of two roots has two ids. */
export function hunkOfRoot(name: RootName, hunk: Hunk): Hunk {
  return name === '' ? hunk : { ...hunk, id: createHash('sha256').update(`${name}\n${hunk.id}`).digest('hex').slice(0, 24) };
}
