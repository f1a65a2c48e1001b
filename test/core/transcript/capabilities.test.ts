import assert from 'node:assert/strict';
import { capabilitiesOf, effortFor } from '../../../src/core/transcript/capabilities.ts';
import { listPrices } from '../../../src/core/transcript/prices.ts';

describe('capabilitiesOf', () => {
  it('knows a model by its name with and without the release date', () => {
    assert.deepEqual(capabilitiesOf('claude-haiku-4-5-20251001'), capabilitiesOf('claude-haiku-4-5'));
    assert.equal(capabilitiesOf('claude-haiku-4-5').maxOutput, 64_000);
  });

  it('takes nothing for granted of a later version of a known family', () => {
    assert.equal(capabilitiesOf('claude-opus-5').thinking, 'adaptive');
    assert.deepEqual(capabilitiesOf('claude-opus-5-9').efforts, []);
    assert.equal(capabilitiesOf('claude-opus-5-9').thinking, 'none');
  });

  it('is not fooled by names of object properties', () => {
    assert.equal(capabilitiesOf('constructor').maxOutput, 8_192);
    assert.equal(capabilitiesOf('__proto__').maxOutput, 8_192);
  });

  it('knows every model that has a price', () => {
    for (const model of Object.keys(listPrices)) assert.notDeepEqual(capabilitiesOf(model), capabilitiesOf('claude-new'), model);
  });
});

describe('effortFor', () => {
  it('gives the wanted effort or the next lower one that the model has', () => {
    assert.equal(effortFor('claude-opus-5-5', 'xhigh'), 'xhigh');
    assert.equal(effortFor('claude-opus-4-6', 'xhigh'), 'high');
    assert.equal(effortFor('claude-opus-4-6', 'max'), 'max');
    assert.equal(effortFor('claude-opus-4-5', 'max'), 'high');
    assert.equal(effortFor('claude-sonnet-4-5', 'low'), undefined);
  });
});
