import assert from 'node:assert/strict';
import { models, servedBy } from '../../../src/node/model/endpoint.ts';
import { key, withServer } from './exchange.ts';

describe('the endpoint', () => {
  it('says who it is and which models it has', () => withServer([], async ({ url }) => {
    assert.equal(await servedBy({ apiKey: key, baseUrl: url }), 'bounded demo');
    assert.deepEqual(await models({ apiKey: key, baseUrl: `${url}/` }), ['claude-opus-5-5', 'house-model']);
  }, { servedBy: 'bounded demo', models: ['claude-opus-5-5', 'house-model'] }));

  it('says who it is even without a list of models', () => withServer([], async ({ url }) => {
    assert.equal(await servedBy({ apiKey: key, baseUrl: url }), 'scripted');
    assert.equal(await models({ apiKey: key, baseUrl: url }), undefined);
  }, { servedBy: 'scripted', models: null }));

  it('may say nothing about itself', () => withServer([], async ({ url }) => {
    assert.equal(await servedBy({ apiKey: key, baseUrl: url }), undefined);
  }));

  it('may refuse the key, or not be there', async () => {
    await withServer([], async ({ url }) => assert.equal(await models({ apiKey: key, baseUrl: url }), undefined), { apiKey: 'another' });
    assert.equal(await models({ apiKey: key, baseUrl: 'http://127.0.0.1:1' }), undefined);
    assert.equal(await servedBy({ apiKey: '', baseUrl: 'not a url' }), undefined);
  });
});
