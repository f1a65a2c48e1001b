import { KvCache } from '../cache/kvCache.js';
import { forwardBlock } from './block.js';
import { dtypes } from './dtype.js';
import { add, matVec } from './linear.js';
import { rmsNorm } from './norm.js';
import { castWeights } from './weights.js';

/** A decoder that takes one token at a time. It keeps no state: what it has seen is in the cache. */
export class Transformer {
  constructor(config, weights, dtypeName) {
    this.config = config;
    this.dtype = dtypes[dtypeName];
    if (this.dtype === undefined) throw new RangeError(`unknown dtype ${dtypeName}`);
    this.weights = castWeights(weights, this.dtype);
  }

  /** An empty cache for one row of a batch. */
  newCache() {
    return new KvCache(this.config.layers);
  }

  /** Takes the next token of one row and returns the scores of the token after it. */
  step(token, cache) {
    let x = this.#embed(token, cache.length);
    this.weights.layers.forEach((weights, layer) => {
      x = forwardBlock(x, weights, cache, layer, this.config.heads, this.dtype);
    });
    const normed = rmsNorm(x, this.weights.finalNorm, this.dtype);
    return matVec(this.weights.head, this.config.vocabulary, normed, this.dtype);
  }

  #embed(token, position) {
    const { vocabulary, width, positions } = this.config;
    if (!(token >= 0 && token < vocabulary)) throw new RangeError(`token ${token} is outside the vocabulary`);
    if (position >= positions) throw new RangeError(`the model has ${positions} positions`);
    const row = (table, index) => table.subarray(index * width, (index + 1) * width);
    return add(row(this.weights.embedding, token), row(this.weights.position, position), this.dtype);
  }
}
