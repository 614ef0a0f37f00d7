/** What the client shows to whoever draws it. */
import type { ShownItem } from './pending.js';

/** Where the client is: still loading, showing a list, unable to load one, or without a session. */
export type Status = 'loading' | 'ready' | 'error' | 'signed-out';

/** An action that didn't work and was rolled back. */
export type Failure = 'mark-read' | 'delete' | 'mark-all' | 'load-more';

/** Everything a view needs, as of the last `change` event. */
export interface ClientView {
  readonly status: Status;
  /** The socket is open. */
  readonly live: boolean;
  /** The socket is out and a first attempt to bring it back has failed too. */
  readonly offline: boolean;
  readonly items: readonly ShownItem[];
  /** Unread notifications; 100 means 100 or more. */
  readonly unread: number;
  readonly more: boolean;
  readonly loadingMore: boolean;
  readonly failure: Failure | null;
  readonly failures: ReadonlyMap<string, Failure>;
}
