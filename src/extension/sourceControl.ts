import * as vscode from 'vscode';
import type { FileDiff } from '../core/session/changes.ts';
import { wasLeft } from '../core/session/line.ts';
import { byPath } from '../core/session/ofPath.ts';
import type { Flag, Session } from '../core/session/session.ts';
import type { FlagGiven } from './acts/flags.ts';
import { netChanges } from './changes.ts';
import { sentenceOf } from './flags/words.ts';
import type { Place } from './place.ts';
import type { SessionHost } from './sessionHost.ts';

type Change = Pick<FileDiff, 'path' | 'before' | 'after'>;

/** A row; the commands of its menu read `flag` and `path`. */
interface Row extends vscode.SourceControlResourceState, FlagGiven {}

/** What the session has changed, in the Source Control view, in groups by what it needs of a person. */
export class SourceControlRows implements vscode.Disposable {
  readonly #host: SessionHost;
  readonly #listener: vscode.Disposable;
  #control: { readonly session: string; readonly source: vscode.SourceControl; readonly groups: Groups } | undefined;
  #seen: unknown[] = [];

  constructor(host: SessionHost) {
    this.#host = host;
    this.#listener = host.onChange(() => this.#refresh());
    this.#refresh();
  }

  dispose(): void {
    this.#listener.dispose();
    this.#control?.source.dispose();
  }

  #refresh(): void {
    const { session, place } = this.#host;
    const now = [session?.id, session?.line.flags, session?.line.writes];
    if (now.every((one, index) => one === this.#seen[index])) return;
    this.#seen = now;
    if (this.#control?.session !== session?.id) this.#open(session, place);
    if (session !== undefined && place !== undefined && this.#control !== undefined) fill(this.#control.groups, session, place);
  }

  #open(session: Session | undefined, place: Place | undefined): void {
    this.#control?.source.dispose();
    this.#control = session === undefined || place === undefined ? undefined : { session: session.id, ...control(place) };
  }
}

interface Groups {
  readonly out: vscode.SourceControlResourceGroup;
  readonly oracle: vscode.SourceControlResourceGroup;
  readonly over: vscode.SourceControlResourceGroup;
  readonly within: vscode.SourceControlResourceGroup;
}

function control(place: Place): { readonly source: vscode.SourceControl; readonly groups: Groups } {
  const source = vscode.scm.createSourceControl('bounded', 'Bounded', place.folder);
  source.inputBox.visible = false;
  // The badge of the view adds all providers up; git counts these files already.
  source.count = 0;
  const group = (id: string, label: string): vscode.SourceControlResourceGroup => Object.assign(source.createResourceGroup(id, label), { hideWhenEmpty: true });
  return { source, groups: { out: group('outOfScope', labels.out), oracle: group('oracleProtected', labels.oracle), over: group('overBudget', labels.over), within: group('inScope', labels.within) } };
}

const labels = { out: 'Out of scope', oracle: 'Oracle-protected', over: 'Over the diff budget', within: 'In scope' } as const;

function fill(groups: Groups, session: Session, place: Place): void {
  const open = session.line.flags.filter((flag) => flag.outcome === undefined);
  const changes = netChanges(session);
  const [changeOf, flaggedPaths] = [new Map(changes.map((change) => [change.path, change])), new Set(open.map((flag) => flag.path))];
  const flagged = (standing: Flag['standing']): readonly Listed[] =>
    [...byPath(open.filter((flag) => flag.standing === standing)).values()].flatMap(([flag]) => (flag === undefined ? [] : [{ change: changeOf.get(flag.path) ?? flag.write, flag }]));
  const left = new Map(session.line.flags.flatMap((flag) => (wasLeft(flag) && !flaggedPaths.has(flag.path) ? [[flag.path, flag.standing] as const] : [])));
  const aside = (standing: Flag['standing']): readonly Listed[] => changes.flatMap((change) => (left.get(change.path) === standing ? [{ change, left: true }] : []));
  list(place, groups.out, labels.out, [...flagged('out-of-scope'), ...aside('out-of-scope')]);
  list(place, groups.oracle, labels.oracle, [...flagged('oracle-protected'), ...aside('oracle-protected')]);
  list(place, groups.over, labels.over, flagged('over-budget'));
  list(place, groups.within, labels.within, changes.filter(({ path }) => !flaggedPaths.has(path) && !left.has(path)).map((change) => ({ change })));
}

/** Nobody goes through more rows than these; the rows of a group are made anew with each change of the flags. */
const rowsShown = 1000;

interface Listed {
  readonly change: Change;
  readonly flag?: Flag;
  /** A stray that a person left as it is. */
  readonly left?: true;
}

function list(place: Place, group: vscode.SourceControlResourceGroup, label: string, rows: readonly Listed[]): void {
  group.label = rows.length > rowsShown ? `${label} · the first ${rowsShown} of ${rows.length}` : label;
  group.resourceStates = rows.slice(0, rowsShown).map((one) => row(place, one));
}

function row(place: Place, { change: { path, before, after }, flag, left }: Listed): Row {
  const what = after === undefined ? 'deleted' : before === undefined ? 'created' : 'changed';
  const resourceUri = place.uri(path);
  return {
    resourceUri, path, ...(flag === undefined ? {} : { flag: flag.id }), contextValue: flag === undefined ? 'change' : 'flag',
    command: { title: 'Open Changes', command: 'bounded.openFileDiff', arguments: [{ path }] },
    decorations: { strikeThrough: after === undefined, tooltip: flag === undefined ? `${left === true ? 'Outside of what was agreed, and left so by you' : 'In scope'}: ${what} by the session` : sentenceOf(flag) },
  };
}
