/** Holds what is known and under way, and turns every change of it into a new view. */
import { foresee, nothingPending, type Pending } from './pending.js';
import { emptyState, type InboxState, isRead, newestFirst } from './state.js';
import { type ClientView, type Status, shown, type Tab } from './view.js';

/** Everything that can change. */
export interface Known {
  readonly state: InboxState;
  readonly pending: Pending;
  readonly status: Status;
  readonly tab: Tab;
  /** The tab whose list couldn't be loaded. */
  readonly broken: Tab | null;
  /** Whatever has a greater id is held back; null when nothing is. */
  readonly held: string | null;
  readonly live: boolean;
  readonly offline: boolean;
  readonly loadingMore: boolean;
}

const nothing: Known = {
  state: emptyState,
  pending: nothingPending,
  status: 'loading',
  tab: 'all',
  broken: null,
  held: null,
  live: false,
  offline: false,
  loadingMore: false,
};

function statusOf({ state, status, tab, broken }: Known): Status {
  if (status !== 'ready' || state.lists[tab]) return status;
  return broken === tab ? 'error' : 'loading';
}

function look(known: Known): ClientView {
  const { tab, held, live, offline, loadingMore } = known;
  const ahead = foresee(known.state, known.pending);
  const listed = newestFirst(ahead, tab);
  const items = held === null ? listed : listed.filter(({ id }) => id <= held);
  return {
    status: statusOf(known),
    tab,
    items: items.map((item) => shown(item, isRead(item, ahead.readWatermark))),
    fresh: listed.length - items.length,
    more: (ahead.lists[tab]?.next ?? null) !== null,
    loadingMore,
    unread: ahead.unread,
    unseen: ahead.unseen,
    hasSnoozed: newestFirst(ahead, 'snoozed').length > 0,
    live,
    offline,
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

  /** What is known of the inbox. */
  get state(): InboxState {
    return this.#known.state;
  }

  set state(state: InboxState) {
    this.set({ state });
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
