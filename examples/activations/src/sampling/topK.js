/**
 * A sampler that draws among the `k` highest scores, each with the weight exp(score / temperature).
 * `random` gives numbers in [0, 1).
 */
export function topK(k, temperature, random) {
  if (!(k >= 1) || !(temperature > 0)) throw new RangeError('k must be at least 1 and temperature above 0');
  return (scores) => {
    const ranked = Array.from(scores, (score, token) => ({ score, token })).sort((a, b) => b.score - a.score);
    const kept = ranked.slice(0, k);
    const weights = kept.map(({ score }) => Math.exp((score - kept[0].score) / temperature));
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return kept[index === -1 ? kept.length - 1 : index].token;
  };
}
