/**
 * Joins a cursor and a list. A cursor that comes without the changes before it counts only once a list is here that
 * was asked for afterwards: whatever happens in between is then in the list, or comes with the next answer to a hello.
 */
import { backoffMs } from './backoff.js';
import type { Line } from './dialogue.js';
import type { Loading } from './loading.js';
import type { Store } from './store.js';

/** A cursor that waits for its list. */
export interface Point {
  readonly user: string | null;
  readonly cursor: string;
  readonly taken: number;
  /** Whether to ask at once for what changed while the list was on its way. */
  readonly again: boolean;
}

const RETRY = { minMs: 2_000, maxMs: 60_000 };

/** Loads the list, and again if it has to be. */
export class ListPoint {
  #point: Point | null = null;
  #failed = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  #turned = false;

  constructor(
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly line: Line,
  ) {}

  /** Loads the list, after which this cursor counts. */
  await(point: Point): void {
    this.#point = point;
    void this.load();
  }

  /** Loads the list. */
  async load(): Promise<void> {
    const point = this.#point;
    const { user } = this.store.state;
    const loaded = await this.loading.reload();
    // Whoever has come with a newer cursor meanwhile gets the same answer.
    if (this.#over || point !== this.#point) return;
    const { state } = this.store;
    if (!loaded) this.#later();
    else if (user !== null && state.user !== user) this.#turn();
    else if (point?.user === state.user) this.#join(point);
  }

  /** Loads nothing more. */
  stop(): void {
    this.#over = true;
    clearTimeout(this.#retry);
  }

  #join({ cursor, taken, again }: Point): void {
    this.#point = null;
    this.#failed = 0;
    this.#turned = false;
    this.store.state = { ...this.store.state, cursor, taken };
    if (again) this.line.greet();
  }

  // The line still speaks for the user before. Once is enough: the next welcome tells who is right.
  #turn(): void {
    if (!this.#turned) this.line.leave(0);
    this.#turned = true;
  }

  #later(): void {
    clearTimeout(this.#retry);
    if (this.#point === null) return;
    this.#retry = setTimeout(() => void this.load(), backoffMs(this.#failed, RETRY));
    this.#failed += 1;
  }
}
