/** Loading the list while the socket is kept shut: not at once, and not together with everybody else. */

const FIRST_MS = 10_000;

/** From the first refusal of a socket to the next one that opens. */
export class Polling {
  #begun = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly load: () => void,
    /** How long the server asks to wait. */
    private readonly interval: () => number,
  ) {}

  /** The socket was refused: the list is loaded in a while, should none have opened by then. */
  refused(): void {
    const wait = this.#begun ? this.interval() * (1 + Math.random()) : FIRST_MS * Math.random();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#begun = true;
      this.load();
    }, wait);
  }

  /** A socket is open, or none is wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#begun = false;
  }
}
