/**
 * The server's clock, as far as it can be known from here. A cursor says nothing to a client, so how old a cursor is
 * must come from elsewhere: change ids carry the time at which the server made them, and whatever has arrived was made
 * before. That time and what has passed here since is never ahead of the server's clock.
 */
import type { InboxState } from './state.js';

/** The milliseconds in a UUIDv7; NaN for what isn't one at all. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** A clock that may be behind the server's and is never ahead of it. */
export class ServerClock {
  #offset = Number.NEGATIVE_INFINITY;

  /** `elapsed` must never jump, as the time of day does when someone sets it. */
  constructor(private readonly monotonicNow: () => number = () => performance.now()) {}

  /** A change has arrived that the server made at this time. */
  advanceTo(time: number): void {
    const offset = time - this.monotonicNow();
    if (offset > this.#offset) this.#offset = offset;
  }

  /** The earliest that the server's clock can show now that all of this is known. */
  earliestNow(state: InboxState): number {
    this.advanceTo(state.cursorTime);
    for (const { changed } of state.items.values()) this.advanceTo(timeOfId(changed));
    return this.#offset + this.monotonicNow();
  }
}
