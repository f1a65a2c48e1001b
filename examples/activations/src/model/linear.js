/**
 * Product of a matrix (row by row, `rows` x `x.length`) and a vector. Sums are kept in float32 and rounded to the
 * format once, as matrix units do.
 */
export function matVec(matrix, rows, x, dtype) {
  const columns = x.length;
  const y = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    y[row] = dtype.round(dot(matrix, row * columns, x, 0, columns));
  }
  return y;
}

/** Inner product of `count` numbers of `a` and `b` from the given offsets, in float32. */
export function dot(a, aStart, b, bStart, count) {
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum = Math.fround(sum + Math.fround(a[aStart + i] * b[bStart + i]));
  }
  return sum;
}

/** Sum of two vectors of one length. */
export function add(a, b, dtype) {
  return a.map((value, i) => dtype.round(value + b[i]));
}
