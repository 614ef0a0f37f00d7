/** Loading the list while the socket is kept shut: not at once, and not together with everybody else. */

const FIRST_MS = 10_000;

/** From the first refusal of a socket to the next one that opens. */
export class Polling {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly load: () => void,
    /** How long the server asks to wait. */
    private readonly interval: () => number,
  ) {}

  /** The socket was refused: the list is loaded in a while, and again and again, should none have opened by then. */
  refused(): void {
    if (this.#timer === undefined) this.#in(FIRST_MS * Math.random());
  }

  /** A socket is open, or none is wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #in(wait: number): void {
    this.#timer = setTimeout(() => {
      this.#in(this.interval() * (1 + Math.random()));
      this.load();
    }, wait);
  }
}
