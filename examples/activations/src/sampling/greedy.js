/** The token with the highest score; the first one where several are equal. */
export function greedy(scores) {
  let best = 0;
  for (let token = 1; token < scores.length; token += 1) {
    if (scores[token] > scores[best]) best = token;
  }
  return best;
}
