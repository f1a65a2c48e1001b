/** The three walls: the architecture test, the type check with its project per room, and the lint. */
export type Wall = 'architecture' | 'types' | 'lint';

/** A violation that is put into a copy of the house, and the walls that have to notice it. */
export interface Planted {
  /** What is wrong, in words. */
  readonly what: string;
  /** Path from `src`. */
  readonly file: string;
  readonly text: string;
  readonly noticedBy: readonly Wall[];
}

const target = 'export interface Target { readonly a: 1 }\nexport const target = 1;\n';

/** What the planted files reach for; nothing is wrong with these. One for each, as the type check names a forbidden target only once. */
export const innocent: readonly { readonly file: string; readonly text: string }[] = [
  ...['upward', 'upwardType', 'inType', 'late', 'detour'].map((name) => ({ file: `node/planted/for/${name}.ts`, text: target })),
  { file: 'cli/planted/for/door.ts', text: target },
  { file: 'agent/planted/for/server.ts', text: target },
  { file: 'node/workspace/rewind/plantedAbove.ts', text: target },
];

export const planted: readonly Planted[] = [
  { what: 'an upward import', file: 'core/planted/upward.ts', text: `export { target } from '../../node/planted/for/upward.ts';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'an upward import of a type', file: 'core/planted/upwardType.ts', text: `import type { Target } from '../../node/planted/for/upwardType.ts';\nexport type Mine = Target;\n`, noticedBy: ['architecture', 'types'] },
  { what: 'an upward import inside a type', file: 'agent/planted/inType.ts', text: `export type Mine = import('../../node/planted/for/inType.ts').Target;\n`, noticedBy: ['architecture', 'types'] },
  { what: 'an upward import() at run time', file: 'agent/planted/late.ts', text: `export const load = () => import('../../node/planted/for/late.ts');\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a detour by another path', file: 'core/planted/detour.ts', text: `export { target } from '../../../src/node/planted/for/detour.ts';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'an import() of a computed name', file: 'agent/planted/computed.ts', text: `export const load = (name: string): Promise<unknown> => import(name);\n`, noticedBy: ['architecture'] },
  { what: 'a module of Node in core', file: 'core/planted/module.ts', text: `export { readFileSync } from 'node:fs';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a module of Node in agent', file: 'agent/planted/module.ts', text: `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a require in core', file: 'core/planted/required.ts', text: `export const fs: unknown = require('node:fs');\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a global of Node in core', file: 'core/planted/nodeGlobal.ts', text: `export const argv = process.argv;\n`, noticedBy: ['types', 'lint'] },
  { what: 'the DOM in core', file: 'core/planted/dom.ts', text: `export const title = document.title;\n`, noticedBy: ['types'] },
  { what: 'the DOM in agent', file: 'agent/planted/dom.ts', text: `export const title = window.name;\n`, noticedBy: ['types'] },
  { what: 'a global of Node in the webview', file: 'webview/planted/nodeGlobal.ts', text: `export const argv = process.argv;\n`, noticedBy: ['types'] },
  { what: 'the clock in core', file: 'core/planted/clock.ts', text: `export const now = (): number => Date.now();\n`, noticedBy: ['lint'] },
  { what: 'the clock in agent', file: 'agent/planted/clock.ts', text: `export const now = (): Date => new Date();\n`, noticedBy: ['lint'] },
  { what: 'randomness in core', file: 'core/planted/chance.ts', text: `export const chance = (): number => Math.random();\n`, noticedBy: ['lint'] },
  { what: 'randomness in agent, taken apart', file: 'agent/planted/chance.ts', text: `const { random } = Math;\nexport const chance = random;\n`, noticedBy: ['lint'] },
  { what: 'a timer in agent', file: 'agent/planted/timer.ts', text: `export const wait = (): unknown => setTimeout(() => {}, 1);\n`, noticedBy: ['types', 'lint'] },
  { what: 'a language setting of the machine in core', file: 'core/planted/intl.ts', text: `export const format = new Intl.NumberFormat();\n`, noticedBy: ['lint'] },
  { what: 'a package in core', file: 'core/planted/package.ts', text: `export { simpleGit } from 'simple-git';\n`, noticedBy: ['architecture'] },
  { what: 'a package in agent', file: 'agent/planted/package.ts', text: `export { z } from 'zod';\n`, noticedBy: ['architecture'] },
  { what: 'VS Code in node', file: 'node/planted/editor.ts', text: `export type { Uri } from 'vscode';\n`, noticedBy: ['architecture'] },
  { what: 'a package in the webview', file: 'webview/planted/package.ts', text: `export { z } from 'zod';\n`, noticedBy: ['architecture'] },
  { what: 'the agent in the language server', file: 'server/planted/agent.ts', text: `export { target } from '../../agent/planted/for/server.ts';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a door that imports a door', file: 'extension/planted/door.ts', text: `export { target } from '../../cli/planted/for/door.ts';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'a way out of src', file: 'node/planted/outside.ts', text: `export { rooms } from '../../../test/tooling/rooms.ts';\n`, noticedBy: ['architecture', 'types'] },
  { what: 'the manifest in core', file: 'core/planted/manifest.ts', text: `import manifest from '../../../package.json' with { type: 'json' };\nexport const { name } = manifest;\n`, noticedBy: ['architecture'] },
  { what: 'an import of a type from the storey above', file: 'node/workspace/store/plantedUp.ts', text: `import type { Target } from '../rewind/plantedAbove.ts';\nexport type Mine = Target;\n`, noticedBy: ['architecture'] },
  { what: 'a file in no room', file: 'planted.ts', text: `export const homeless = 1;\n`, noticedBy: ['architecture'] },
  { what: 'a circle', file: 'core/planted/first.ts', text: `import { second } from './second.ts';\nexport const first = (): number => second();\n`, noticedBy: ['architecture', 'lint'] },
  { what: 'a circle, its other half', file: 'core/planted/second.ts', text: `import { first } from './first.ts';\nexport const second = (): number => first();\n`, noticedBy: ['architecture', 'lint'] },
  { what: 'a long file', file: 'core/planted/long.ts', text: `export const one = 1;\n`.replace('1', '1 +\n'.repeat(400) + '1'), noticedBy: ['architecture', 'lint'] },
  { what: 'any', file: 'node/planted/any.ts', text: `export const anything = (value: any): unknown => value;\n`, noticedBy: ['lint'] },
  { what: 'a silenced type check', file: 'node/planted/silenced.ts', text: `// @ts-ignore\nexport const wrong: number = 'text';\n`, noticedBy: ['lint'] },
  { what: 'a default export', file: 'node/planted/byDefault.ts', text: `export default 1;\n`, noticedBy: ['lint'] },
];
