/** What an earlier page left: nobody's until a welcome says whose inbox this is. */
import type { Cache } from './cache.js';
import type { ChangeFrame } from './frame-types.js';
import type { InboxState } from './state.js';

/** What waits for that welcome. */
export class Recall {
  /** Null when nothing waits. */
  state: InboxState | null = null;
  #held: ChangeFrame[] = [];

  constructor(private readonly cache: Cache) {}

  /** Looks for something to resume. */
  begin(): boolean {
    this.state = this.cache.load();
    return this.state !== null;
  }

  /** Keeps a frame back for as long as there is something that it belongs on top of. */
  holds(frame: ChangeFrame): boolean {
    if (this.state) this.#held.push(frame);
    return this.state !== null;
  }

  /** Waits no more, and gives back what was held. */
  end(): readonly ChangeFrame[] {
    this.state = null;
    return this.#held.splice(0);
  }
}
