/** Keeps the beginning and the end of an output of any length in bounded memory. */
export class KeptOutput {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;

  /** Limits in bytes. */
  constructor(headLimit: number, tailLimit: number) {
    this.#headLimit = headLimit;
    this.#tailLimit = tailLimit;
  }

  /** Bytes that came, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  get omitted(): number {
    return this.#bytes - this.#headBytes - Math.min(this.#tailBytes, this.#tailLimit);
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const room = this.#headLimit - this.#headBytes;
    if (room > 0) {
      const part = Buffer.from(chunk.subarray(0, room));
      this.#head.push(part);
      this.#headBytes += part.length;
    }
    if (chunk.length > room) this.#addTail(chunk.subarray(Math.max(room, 0)));
  }

  /** Copies, so that a small rest does not hold on to a large buffer; tidied up at twice the limit, so that the cost stays linear. */
  #addTail(chunk: Buffer): void {
    const part = Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#tailLimit)));
    this.#tail.push(part);
    this.#tailBytes += part.length;
    if (this.#tailBytes <= 2 * this.#tailLimit) return;
    this.#tail = [this.#lastBytes()];
    this.#tailBytes = this.#tailLimit;
  }

  #lastBytes(): Buffer {
    const all = Buffer.concat(this.#tail);
    return Buffer.from(all.subarray(Math.max(0, all.length - this.#tailLimit)));
  }

  /** Everything as text, or head and tail around what `gap` says of the bytes between them. */
  text(gap: (omitted: number) => string): string {
    const tail = this.#lastBytes();
    if (this.omitted === 0) return Buffer.concat([...this.#head, tail]).toString('utf8');
    return `${upToLine(Buffer.concat(this.#head).toString('utf8'))}${gap(this.omitted)}${fromLine(tail.toString('utf8'))}`;
  }
}

/** Characters that are given up at a cut to come to the end of a line, so that no word that must not be shown stays in part. */
const edge = 4096;

function upToLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return text.length - end <= edge ? text.slice(0, end) : text.slice(0, -edge);
}

function fromLine(text: string): string {
  const start = text.indexOf('\n') + 1;
  return start > 0 && start <= edge ? text.slice(start) : text.slice(edge);
}
