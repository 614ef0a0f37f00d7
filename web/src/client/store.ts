/** Holds what is known and under way, and turns every change of it into a new view. */
import { nothingPending, type Pending, shownItems, shownUnread } from './pending.js';
import { emptyState, type InboxState } from './state.js';
import type { ClientView, Failure, Status } from './view.js';

/** Everything that can change. */
export interface Known {
  readonly state: InboxState;
  readonly pending: Pending;
  readonly status: Status;
  readonly live: boolean;
  readonly offline: boolean;
  readonly loadingMore: boolean;
  readonly failure: Failure | null;
  readonly failures: ReadonlyMap<string, Failure>;
}

const nothing: Known = {
  state: emptyState,
  pending: nothingPending,
  status: 'loading',
  live: false,
  offline: false,
  loadingMore: false,
  failure: null,
  failures: new Map(),
};

function look({ state, pending, ...rest }: Known): ClientView {
  return {
    ...rest,
    items: shownItems(state, pending),
    unread: shownUnread(state, pending),
    more: state.next !== null,
  };
}

/** The one place that changes. */
export class Store {
  #known = nothing;

  /** What to show, as of the last change. */
  view: ClientView = look(nothing);

  constructor(private readonly changed: () => void) {}

  /** What is known now. */
  get known(): Known {
    return this.#known;
  }

  /** Changes some of it. */
  set(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change };
    this.view = look(this.#known);
    this.changed();
  }

  /** Forgets everything else: nobody's inbox may stay on screen without a session. */
  forget(status: Status, line: Partial<Pick<Known, 'live' | 'offline'>> = {}): void {
    this.set({ ...nothing, ...line, status });
  }
}
