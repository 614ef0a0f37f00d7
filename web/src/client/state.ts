/** What the client knows, and the questions asked of it. Plain values: every change makes a new state. */
import type { StateFrame } from './frame-types.js';
import type { WireNotification } from './types.js';
import type { Tab } from './view.js';

/** The server counts unread notifications up to here; at this value the true number may be larger. */
export const COUNT_CAP = 100;

/** How far a list is loaded. */
export interface Extent {
  /** Where its next older page is; null when the list is complete. */
  readonly next: string | null;
  /** The place of the oldest that is loaded; null when the list is complete. */
  readonly floor: string | null;
}

/** Everything the client knows about one user's inbox. */
export interface InboxState {
  /** Whose it is; null until the server has said so. */
  readonly user: string | null;
  readonly items: ReadonlyMap<string, WireNotification>;
  /** Deletion is final, so a deleted id needs no change id to win over whatever comes late. */
  readonly deleted: ReadonlySet<string>;
  /** What frames said of notifications that aren't here yet: a state may overtake the notification it belongs to. */
  readonly earlyStates: ReadonlyMap<string, StateFrame>;
  /** Everything changed at or before this is read. */
  readonly readWatermark: string | null;
  /** Everything changed at or before this has been seen in the list. */
  readonly seenWatermark: string | null;
  readonly unread: number;
  /** Those of the unread that haven't been seen in the list. */
  readonly unseen: number;
  /** The lists that have been loaded. */
  readonly lists: Partial<Readonly<Record<Tab, Extent>>>;
  /** Where to resume: everything that changed up to here is in this state. Null as long as that isn't so. */
  readonly cursor: string | null;
  /** The cursor is not from before this time of the server's clock. */
  readonly cursorTime: number;
}

/** The state before anything was loaded. */
export const emptyState: InboxState = {
  user: null,
  items: new Map(),
  deleted: new Set(),
  earlyStates: new Map(),
  readWatermark: null,
  seenWatermark: null,
  unread: 0,
  unseen: 0,
  lists: {},
  cursor: null,
  cursorTime: Number.NEGATIVE_INFINITY,
};

/** Read means: marked so, or at or below the watermark of the last mark-all. */
export function isRead(
  item: Pick<WireNotification, 'is_read' | 'changed'>,
  watermark: string | null,
): boolean {
  return item.is_read || (watermark !== null && item.changed <= watermark);
}

/** The later of two change ids. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

/** What the server's lists are ordered by: change ids and ids are time-ordered. */
export function sortKey(tab: Tab, item: ItemState): string {
  return tab === 'all' ? item.id : item.changed;
}

/** Where a notification stands, without its words. */
type ItemState = Pick<WireNotification, 'id' | 'changed' | 'is_read' | 'archived_at' | 'snoozed_until'>;

const tabFilters: Record<Tab, (item: ItemState, readWatermark: string | null) => boolean> = {
  all: (item) => !item.archived_at && !item.snoozed_until,
  unread: (item, readWatermark) => !isRead(item, readWatermark),
  archived: (item) => !!item.archived_at,
  snoozed: (item) => !!item.snoozed_until,
};

function isInTab(tab: Tab, state: InboxState, item: ItemState): boolean {
  return tabFilters[tab](item, state.readWatermark) && sortKey(tab, item) >= (state.lists[tab]?.floor ?? '');
}

/** Whether a notification that stands so has its place in what is loaded of the lists. */
export function isListed(state: InboxState, item: ItemState): boolean {
  return (Object.keys(state.lists) as Tab[]).some((tab) => isInTab(tab, state, item));
}

/** The list of a tab as far as it is loaded, newest first: below that there are others that aren't known. */
export function newestFirst(state: InboxState, tab: Tab = 'all'): WireNotification[] {
  return [...state.items.values()]
    .filter((item) => isInTab(tab, state, item))
    .sort((a, b) => (sortKey(tab, a) < sortKey(tab, b) ? 1 : -1));
}

/** The newest id, or change, of all that is known. */
export function newestId(state: InboxState, by: 'id' | 'changed'): string | null {
  let found: string | null = null;
  for (const item of state.items.values()) found = later(found, item[by]);
  return found;
}

/** Whether an id lies in the part of the list of all that hasn't been loaded yet. */
export function isBelowLoaded(state: InboxState, id: string): boolean {
  return id < (state.lists.all?.floor ?? '');
}

/**
 * What came while nobody listened and is to ring, oldest first: it is unread, and newer than the newest in the list
 * when it was asked for.
 */
export function findArrivals(
  stateAtRequest: InboxState,
  before: InboxState,
  after: InboxState,
): readonly WireNotification[] {
  // What someone else has had all along is no news.
  if (before.user !== null && before.user !== after.user) return [];
  const newestId = newestFirst(stateAtRequest)[0]?.id ?? '';
  const isNew = (item: WireNotification) =>
    item.id > newestId && !before.items.has(item.id) && !isRead(item, after.readWatermark);
  return newestFirst(after).filter(isNew).reverse();
}
