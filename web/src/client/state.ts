/** What the client knows, and the questions asked of it. Plain values: every change makes a new state. */
import type { StateFrame } from './frame-types.js';
import type { Notification } from './types.js';

/** The server counts unread notifications up to here; at this value the true number may be larger. */
export const COUNT_CAP = 100;

/** Everything the client knows about one user's inbox. */
export interface InboxState {
  /** Whose it is; null until the server has said so. */
  readonly user: string | null;
  readonly items: ReadonlyMap<string, Notification>;
  /** Deletion is final, so a deleted id needs no change id to win over whatever comes late. */
  readonly gone: ReadonlySet<string>;
  /** What frames said of notifications that aren't here yet: a state may overtake the notification it belongs to. */
  readonly overtaking: ReadonlyMap<string, StateFrame>;
  /** Everything changed at or before this is read. */
  readonly readWatermark: string | null;
  /** Everything changed at or before this has been seen in the list. */
  readonly seenWatermark: string | null;
  readonly unread: number;
  /** Those of the unread that haven't been seen in the list. */
  readonly unseen: number;
  /** Where the next older page is; null when the list is complete. */
  readonly next: string | null;
  /** The oldest id of the loaded part; null when the list is complete. */
  readonly floor: string | null;
  /** Where to resume: everything that changed up to here is in this state. Null as long as that isn't so. */
  readonly cursor: string | null;
  /** The cursor is not from before this time of the server's clock. */
  readonly taken: number;
}

/** The state before anything was loaded. */
export const emptyState: InboxState = {
  user: null,
  items: new Map(),
  gone: new Set(),
  overtaking: new Map(),
  readWatermark: null,
  seenWatermark: null,
  unread: 0,
  unseen: 0,
  next: null,
  floor: null,
  cursor: null,
  taken: Number.NEGATIVE_INFINITY,
};

/** Read means: marked so, or at or below the watermark of the last mark-all. */
export function isRead(item: Notification, watermark: string | null): boolean {
  return item.is_read || (watermark !== null && item.changed <= watermark);
}

/** The later of two change ids. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

/** What is in the list: neither archived nor asleep. Ids are time-ordered, so newest first is descending id order. */
export function newestFirst(state: InboxState): Notification[] {
  const listed = [...state.items.values()].filter((item) => !item.archived_at && !item.snoozed_until);
  return listed.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The id of the newest in the list; whatever arrives has a greater one. */
export function newestId(state: InboxState): string {
  return newestFirst(state)[0]?.id ?? '';
}

/** Whether an id lies in the part of the list that hasn't been loaded yet. */
export function isBeyond(state: InboxState, id: string): boolean {
  return state.floor !== null && id < state.floor;
}

/** What came while nobody listened and is to ring, oldest first: it is unread, and newer than the newest of before. */
export function arrivals(newest: string, before: InboxState, after: InboxState): readonly Notification[] {
  // What someone else has had all along is no news.
  if (before.user !== null && before.user !== after.user) return [];
  const isNew = (item: Notification) =>
    item.id > newest && !before.items.has(item.id) && !isRead(item, after.readWatermark);
  return newestFirst(after).filter(isNew).reverse();
}
