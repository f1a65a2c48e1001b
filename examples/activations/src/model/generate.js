/**
 * Continues every prompt of a batch by `steps` tokens, one position of every row at a time. `sample` turns scores into
 * a token. Returns one array of new tokens per row.
 */
export function generate(model, prompts, { steps, sample }) {
  const rows = prompts.map((prompt) => startRow(model, prompt));
  for (let step = 0; step < steps; step += 1) {
    for (const row of rows) {
      const token = sample(row.scores);
      row.tokens.push(token);
      if (step + 1 < steps) row.scores = model.step(token, row.cache);
    }
  }
  return rows.map((row) => row.tokens);
}

function startRow(model, prompt) {
  if (prompt.length === 0) throw new RangeError('a prompt has at least one token');
  const cache = model.newCache();
  let scores;
  for (const token of prompt) scores = model.step(token, cache);
  return { cache, scores, tokens: [] };
}
