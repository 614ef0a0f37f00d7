/** Loading the list while the socket is kept shut: not at once, not together with everybody else, and ever less often. */
import { type BackoffLimits, backoffMs } from './backoff.js';

const LIMITS: BackoffLimits = { minMs: 10_000, maxMs: 60_000 };

/** From the first refusal of a socket to the next one that opens. */
export class Polling {
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly load: () => void) {}

  /** The socket was refused: the list is loaded in a while, should none have opened by then. */
  refused(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.load();
      },
      backoffMs(this.#attempt++, LIMITS),
    );
  }

  /** A socket is open, or none is wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt = 0;
  }
}
