/** Loading the list while the socket is kept shut: not at once, and not together with everybody else. */

const MAX_FIRST_WAIT_MS = 10_000;

/** From the first refusal of a socket to the next one that opens. */
export class Polling {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly load: () => void,
    /** How long the server asks to wait. */
    private readonly intervalMs: () => number,
  ) {}

  /** The socket was refused: the list is loaded in a while, and again and again, should none have opened by then. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(MAX_FIRST_WAIT_MS * Math.random());
  }

  /** A socket is open, or none is wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(wait: number): void {
    this.#timer = setTimeout(() => {
      this.#schedule(this.intervalMs() * (1 + Math.random()));
      this.load();
    }, wait);
  }
}
