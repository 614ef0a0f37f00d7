/** Holds what is known and under way, and turns every change of it into a new view. */
import { applyOptimistic, noOptimisticUpdate, type OptimisticUpdate } from './optimistic.js';
import { emptyState, type InboxState, isRead, newestFirst } from './state.js';
import { type ClientView, type Status, type Tab, toNotification } from './view.js';

/** Everything that can change. */
export interface StoreState {
  readonly state: InboxState;
  readonly optimistic: OptimisticUpdate;
  readonly status: Status;
  readonly tab: Tab;
  /** The tab whose list couldn't be loaded. */
  readonly failedTab: Tab | null;
  /** Whatever has a greater id is held back; null when nothing is. */
  readonly heldAfter: string | null;
  readonly live: boolean;
  readonly offline: boolean;
  readonly loadingMore: boolean;
}

const initialState: StoreState = {
  state: emptyState,
  optimistic: noOptimisticUpdate,
  status: 'loading',
  tab: 'all',
  failedTab: null,
  heldAfter: null,
  live: false,
  offline: false,
  loadingMore: false,
};

function statusOf({ state, status, tab, failedTab }: StoreState): Status {
  if (status !== 'ready' || state.lists[tab]) return status;
  return failedTab === tab ? 'error' : 'loading';
}

function computeView(current: StoreState): ClientView {
  const { tab, heldAfter, live, offline, loadingMore } = current;
  const optimisticState = applyOptimistic(current.state, current.optimistic);
  const listed = newestFirst(optimisticState, tab);
  const items = heldAfter === null ? listed : listed.filter(({ id }) => id <= heldAfter);
  return {
    status: statusOf(current),
    tab,
    items: items.map((item) => toNotification(item, isRead(item, optimisticState.readWatermark))),
    fresh: listed.length - items.length,
    more: (optimisticState.lists[tab]?.next ?? null) !== null,
    loadingMore,
    unread: optimisticState.unread,
    unseen: optimisticState.unseen,
    hasSnoozed: newestFirst(optimisticState, 'snoozed').length > 0,
    live,
    offline,
  };
}

/** The one place that changes. */
export class Store {
  #current = initialState;

  /** What to show, as of the last change. */
  view: ClientView = computeView(initialState);

  constructor(private readonly onChange: () => void) {}

  /** What is known now. */
  get current(): StoreState {
    return this.#current;
  }

  /** What is known of the inbox. */
  get state(): InboxState {
    return this.#current.state;
  }

  set state(state: InboxState) {
    this.set({ state });
  }

  /** Changes some of it. */
  set(change: Partial<StoreState>): void {
    this.#current = { ...this.#current, ...change };
    this.view = computeView(this.#current);
    this.onChange();
  }

  /** Forgets everything else: nobody's inbox may stay on screen without a session. */
  reset(status: Status, connection: Partial<Pick<StoreState, 'live' | 'offline'>> = {}): void {
    this.set({ ...initialState, ...connection, status });
  }
}
