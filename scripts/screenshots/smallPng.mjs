import zlib from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const paletteSize = 256;

/**
 * Writes a browser's picture (8 bits per channel, opaque) again with a palette. Pictures of text have few colours: those that do not fit are the
 * rarest shades of its edges and take the nearest colour that does.
 * @param {Buffer} png @returns {Buffer}
 */
export function smallPng(png) {
  const { width, height, colors } = decode(png);
  const { palette, indexes } = reduce(colors);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const small = Buffer.concat([signature, chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', zlib.deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
  return small.length < png.length ? small : png;
}

/** @param {Buffer} png @returns {{ width: number, height: number, colors: Uint32Array }} one colour 0xRRGGBB per pixel */
function decode(png) {
  const parts = [...chunks(png)];
  const header = parts.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(13);
  const [width, height, depth, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  if (depth !== 8 || (kind !== 2 && kind !== 6) || header[12] !== 0) throw new Error('The picture is not a plain RGB or RGBA PNG.');
  const step = kind === 6 ? 4 : 3;
  const bytes = unfilter(zlib.inflateSync(Buffer.concat(parts.filter(({ type }) => type === 'IDAT').map(({ data }) => data))), width * step, height, step);
  return { width, height, colors: Uint32Array.from({ length: width * height }, (_, pixel) => bytes.readUIntBE(pixel * step, 3)) };
}

/** @param {Buffer} png */
function* chunks(png) {
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/** Takes back what the PNG filters did to each row. @param {Buffer} raw @param {number} stride @param {number} height @param {number} step */
function unfilter(raw, stride, height, step) {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < step ? 0 : (out[at - step] ?? 0);
      const up = y === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = x < step || y === 0 ? 0 : (out[at - stride - step] ?? 0);
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  return out;
}

/** @param {number} filter @param {number} left @param {number} up @param {number} corner */
function predicted(filter, left, up, corner) {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** @param {Uint32Array} colors @returns {{ palette: Buffer, indexes: Uint8Array }} */
function reduce(colors) {
  /** @type {Map<number, number>} */
  const frequency = new Map();
  for (const color of colors) frequency.set(color, (frequency.get(color) ?? 0) + 1);
  const byFrequency = [...frequency].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const chosen = byFrequency.slice(0, paletteSize);
  const indexOf = new Map(byFrequency.map((color, rank) => [color, rank < paletteSize ? rank : nearest(color, chosen)]));
  const palette = Buffer.alloc(chosen.length * 3);
  chosen.forEach((color, index) => palette.writeUIntBE(color, index * 3, 3));
  return { palette, indexes: Uint8Array.from(colors, (color) => indexOf.get(color) ?? 0) };
}

/** @param {number} color @param {readonly number[]} chosen */
function nearest(color, chosen) {
  const distances = chosen.map((other) => [16, 8, 0].reduce((sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0));
  return distances.indexOf(Math.min(...distances));
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
