const soonMs = 50;
const beatMs = 1000;

/** When to draw anew: soon after a change, but not at each of many, and once a second while work goes on and its time runs. */
export class Pulse {
  readonly #draw: () => void;
  #soon: NodeJS.Timeout | undefined;
  #beating: NodeJS.Timeout | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Draws within 50 ms, once for everything that changes until then. */
  soon(): void {
    if (this.#soon !== undefined) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#draw();
    }, soonMs);
  }

  /** Draws once a second from now on. */
  beat(): void {
    if (this.#beating === undefined) this.#beating = setInterval(() => this.soon(), beatMs);
  }

  rest(): void {
    clearInterval(this.#beating);
    this.#beating = undefined;
  }
}
