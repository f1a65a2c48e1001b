import assert from 'node:assert/strict';
import { draftContract } from '../../src/core/contract/draft.ts';
import type { Contract } from '../../src/core/contract/contract.ts';
import { readContract } from '../../src/core/contract/reader.ts';
import { costOf } from '../../src/core/transcript/prices.ts';
import { estimateCost } from '../../src/extension/start/costEstimate.ts';
import { startDetail } from '../../src/extension/start/startQuestion.ts';

function contract(more: Partial<Contract> = {}): Contract {
  const { contract: read } = readContract(draftContract({ task: 'Do it.', template: 'feature', folders: ['src'], command: 'npm test' }));
  if (read === undefined) throw new Error('the draft is no contract');
  return { ...read, ...more };
}

const to = { url: 'https://service.example', warning: undefined };

describe('The question before a session', () => {
  it('names scope, measurement, usual and largest cost, and where the requests go', () => {
    const one = contract();
    const detail = startDetail(one, estimateCost(one, costOf), to);
    assert.match(detail, /^May change: src\/\*\*; at most 8 files and 400 lines$/m);
    assert.match(detail, /^Decides: works \(npm test\)$/m);
    assert.match(detail, /^Cost: usually \$\d+\.\d\d to \$\d+\.\d\d \(a guess for \d+ requests\), never more than \$20\.00$/m);
    assert.match(detail, /at https:\/\/service\.example$/m);
  });

  it('names every folder where there are several', () => {
    assert.doesNotMatch(startDetail(contract(), undefined, to), /Works in/);
    assert.match(startDetail(contract({ roots: ['../api', '../web'] }), undefined, to), /^Works in: this folder, \.\.\/api, \.\.\/web$/m);
  });

  it('says what a model whose price is not known counts as', () => {
    const one = contract({ model: { ...contract().model, main: 'somebody-elses-model' } });
    assert.equal(estimateCost(one, costOf), undefined);
    assert.match(startDetail(one, undefined, to), /cannot be estimated: the price of somebody-elses-model .* count at the dearest known price, never more than \$20\.00/);
  });

  it('says when a budget is tight, and never promises less than the guess', () => {
    const { high } = estimateCost(contract(), costOf) ?? { high: 0 };
    const costing = (costUsd: number) => startDetail(contract({ budget: { ...contract().budget, costUsd } }), estimateCost(contract(), costOf), to);
    assert.match(costing(0.5), /never more than \$0\.50: the budget may end it before the work is done/);
    assert.match(costing(high - 0.01), /may end it/);
    assert.doesNotMatch(costing(high + 0.01), /may end it/);
  });

  it('repeats the warning about a missing sandbox in its own words', () => {
    assert.ok(startDetail(contract(), undefined, { ...to, warning: 'No sandbox works here.' }).includes('\nNo sandbox works here.\n'));
  });
});
