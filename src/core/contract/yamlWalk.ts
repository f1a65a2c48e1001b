import type { Document, ParsedNode, Scalar } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Located } from './located.ts';
import { pathText } from './located.ts';
import type { Remark, Span } from './remarks.ts';

type Path = readonly (string | number)[];
type Pair = { readonly key: unknown; readonly value: unknown };

const limits = { values: 5000, aliases: 200 };

/** Turns a parsed document into plain data with places. Aliases are followed; their number and what they multiply to is limited. */
export class YamlWalk {
  readonly remarks: Remark[] = [];
  private readonly document: Document.Parsed<ParsedNode>;
  private readonly depth: number;
  private values = 0;
  private aliases = 0;

  constructor(document: Document.Parsed<ParsedNode>, depth: number) {
    this.document = document;
    this.depth = depth;
  }

  /** The text stands for too many values; what was read is not all. */
  get exhausted(): boolean {
    return this.values > limits.values;
  }

  /** The whole document; an empty one is an empty map, so that what is missing can be named. */
  root(): Located {
    const { contents } = this.document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return { path: [], kind: 'map', value: {}, span: { start: 0, end: 0 }, flow: false, children: new Map() };
    return this.read(contents, [], undefined, { start: 0, end: 0 });
  }

  private read(node: unknown, path: Path, key: Span | undefined, fallback: Span): Located {
    const at = { path, ...(key === undefined ? {} : { key }) };
    const place = spanOf(node) ?? fallback;
    if (this.stopped(path, place)) return { ...at, kind: 'scalar', value: null, span: place, flow: false, children: new Map() };
    if (isAlias(node)) return this.follow(node.source, path, key, place, () => node.resolve(this.document));
    const flow = (isMap(node) || isSeq(node)) && node.flow === true;
    if (isMap(node)) return { ...at, kind: 'map', span: place, flow, ...this.readMap(node.items, path) };
    if (isSeq(node)) {
      const children = new Map(node.items.map((item, index) => [index, this.read(item, [...path, index], undefined, place)] as const));
      return { ...at, kind: 'list', value: [...children.values()].map(({ value }) => value), span: place, flow, children };
    }
    const scalar = isScalar(node) ? node : undefined;
    return { ...at, kind: 'scalar', value: scalar?.value ?? null, span: place, flow: false, children: new Map(), ...sourceOf(scalar) };
  }

  private readMap(pairs: readonly Pair[], path: Path): Pick<Located, 'value' | 'children'> {
    const children = new Map<string, Located>();
    for (const pair of pairs) {
      if (this.exhausted) break;
      const key = spanOf(pair.key);
      const name = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === undefined || typeof name !== 'string' || name === '__proto__') {
        this.remark(key ?? spanOf(pair.value) ?? { start: 0, end: 0 }, path, 'a key must be a plain name', 'a text; put it in quotes');
        continue;
      }
      if (children.has(name)) {
        this.values++;
        this.remark(key, [...path, name], `\`${name}\` is written twice in one map`, 'each key once');
        continue;
      }
      children.set(name, this.read(pair.value, [...path, name], key, { start: key.end, end: key.end }));
    }
    return { children, value: Object.fromEntries([...children].map(([name, { value }]) => [name, value])) };
  }

  private follow(source: string, path: Path, key: Span | undefined, place: Span, resolve: () => unknown): Located {
    this.aliases++;
    const target = this.aliases > limits.aliases ? undefined : resolve();
    if (this.aliases === limits.aliases + 1) this.remark(place, path, `there are more than ${limits.aliases} aliases`, 'values written out');
    else if (target === undefined) this.remark(place, path, `nothing is called \`&${source}\` before this`, 'an alias of an anchor above it');
    return this.read(target, path, key, place);
  }

  /** Circular aliases end by depth, multiplied ones by number. */
  private stopped(path: Path, place: Span): boolean {
    this.values++;
    if (path.length > this.depth) {
      if (this.values <= limits.values) this.remark(place, path.slice(0, 4), 'an alias leads back into itself', 'a value written out');
      return true;
    }
    if (this.values === limits.values + 1) this.remark(place, path, `the text stands for more than ${limits.values} values`, 'the keys of a contract');
    return this.exhausted;
  }

  private remark(span: Span, path: Path, message: string, expected: string): void {
    this.remarks.push({ span, path: pathText(path), message, expected, severity: 'error' });
  }
}

function spanOf(node: unknown): Span | undefined {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
}

function sourceOf(scalar: Scalar | undefined): { source?: string } {
  return scalar?.source === undefined || scalar.type !== 'PLAIN' ? {} : { source: scalar.source };
}
