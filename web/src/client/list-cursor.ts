/**
 * Joins a cursor and a list. A cursor that comes without the changes before it counts only once a list is here that
 * was asked for afterwards: whatever happens in between is then in the list, or comes with the next answer to a hello.
 */
import { backoffMs } from './backoff.js';
import type { Loading } from './loading.js';
import type { Store } from './store.js';
import type { Connection } from './sync-session.js';

/** A cursor that waits for its list. */
export interface PendingCursor {
  readonly user: string | null;
  readonly cursor: string;
  readonly cursorTime: number;
  /** Whether to ask at once for what changed while the list was on its way. */
  readonly sendHello: boolean;
}

const RETRY_LIMITS = { minMs: 2_000, maxMs: 60_000 };

/** Loads the list, and again if it has to be. */
export class ListCursor {
  #pending: PendingCursor | null = null;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #hasReconnected = false;

  constructor(
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly connection: Connection,
  ) {}

  /** Loads the list, after which this cursor counts. */
  loadFor(pending: PendingCursor): void {
    this.#pending = pending;
    void this.load();
  }

  /** Loads the list. */
  async load(): Promise<void> {
    const pending = this.#pending;
    const { user } = this.store.state;
    const loaded = await this.loading.reload();
    // Whoever has come with a newer cursor meanwhile gets the same answer.
    if (this.#isStopped || pending !== this.#pending) return;
    const { state } = this.store;
    if (!loaded) this.#scheduleRetry();
    else if (user !== null && state.user !== user) this.#reconnectOnce();
    else if (pending?.user === state.user) this.#adoptCursor(pending);
  }

  /** Loads nothing more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
  }

  #adoptCursor({ cursor, cursorTime, sendHello }: PendingCursor): void {
    this.#pending = null;
    this.#failures = 0;
    this.#hasReconnected = false;
    this.store.state = { ...this.store.state, cursor, cursorTime };
    if (sendHello) this.connection.sendHello();
  }

  // The line still speaks for the user before. Once is enough: the next welcome tells who is right.
  #reconnectOnce(): void {
    if (!this.#hasReconnected) this.connection.reconnectAfter(0);
    this.#hasReconnected = true;
  }

  #scheduleRetry(): void {
    clearTimeout(this.#retryTimer);
    if (this.#pending === null) return;
    this.#retryTimer = setTimeout(() => void this.load(), backoffMs(this.#failures, RETRY_LIMITS));
    this.#failures += 1;
  }
}
