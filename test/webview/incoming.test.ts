import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isIncoming, problemOf } from '../../src/webview/incoming.ts';
import { fixtures } from './fixtures/all.ts';

/** Properties that a message may lack. */
const optional = new Set(['card', 'plan', 'changes', 'conflict', 'whole', 'redoable', 'oracle', 'result', 'code', 'outcome', 'hunks', 'ids', 'note', 'boundary', 'added', 'removed', 'log', 'grid', 'scale', 'met', 'problem', 'newest']);

type Path = readonly (string | number)[];

/** Every place in a message, the message itself left out. */
function places(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [...(at.length === 0 ? [] : [at]), ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, Array.isArray(value) ? Number(key) : key]))];
}

/** The message with `change` made to the object that holds the place. */
function changed(message: unknown, at: Path, change: (holder: Record<string | number, unknown>, key: string | number) => void): unknown {
  const copy: unknown = structuredClone(message);
  const holder = at.slice(0, -1).reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], copy);
  change(holder as Record<string | number, unknown>, at.at(-1) ?? '');
  return copy;
}

const small = Object.entries(fixtures).filter(([name]) => !name.includes('huge'));

describe('Messages that come in', () => {
  for (const [name, message] of Object.entries(fixtures)) {
    it(`accepts the complete view "${name}"`, () => assert.equal(problemOf(message), undefined));
  }

  for (const [name, message] of small) {
    it(`refuses "${name}" with anything of another type anywhere, and says where`, () => {
      for (const at of places(message)) {
        for (const wrong of [null, 7n, { nothing: true }]) {
          const problem = problemOf(changed(message, at, (holder, key) => (holder[key] = wrong)));
          assert.ok(problem?.includes(String(at[0])), `${at.join('.')} = ${String(wrong)}: ${problem}`);
        }
      }
    });

    it(`refuses "${name}" without anything that it must have`, () => {
      for (const at of places(message).filter((path) => typeof path.at(-1) === 'string' && !optional.has(String(path.at(-1))))) {
        assert.equal(isIncoming(changed(message, at, (holder, key) => delete holder[key])), false, at.join('.'));
      }
    });
  }

  it('refuses numbers that are none', () => {
    const message = changed(fixtures.running, ['view', 'budgets', 0, 'share'], (holder, key) => (holder[key] = Number.NaN));
    assert.equal(problemOf(message), 'message.view.budgets[0].share is not a finite number');
  });

  it('refuses an intention that it does not know', () => {
    const message = changed(fixtures.running, ['view', 'card', 'actions', 0, 'intention', 'type'], (holder, key) => (holder[key] = 'approve-everything'));
    assert.match(problemOf(message) ?? '', /actions\[0\]\.intention\.type is none of approve/);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (data) => assert.equal(isIncoming(data), false)));
  });
});
