/** What the client knows, and the questions asked of it. Plain values: every change makes a new state. */
import type { Notification, StateFrame } from './types.js';

/** The server counts unread notifications up to here; at this value the true number may be larger. */
export const COUNT_CAP = 100;

/** Everything the client knows about one user's inbox. */
export interface InboxState {
  readonly items: ReadonlyMap<string, Notification>;
  /** Deletion is final, so a deleted id needs no change id to win over whatever comes late. */
  readonly gone: ReadonlySet<string>;
  /** What frames said of notifications that aren't here yet: a state may overtake the notification it belongs to. */
  readonly overtaking: ReadonlyMap<string, StateFrame>;
  /** Everything changed at or before this is read. */
  readonly readWatermark: string | null;
  readonly unread: number;
  /** Where the next older page is; null when the list is complete. */
  readonly next: string | null;
}

/** The state before anything was loaded. */
export const emptyState: InboxState = {
  items: new Map(),
  gone: new Set(),
  overtaking: new Map(),
  readWatermark: null,
  unread: 0,
  next: null,
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

/** Ids are time-ordered, so newest first is descending id order. */
export function newestFirst(state: InboxState): Notification[] {
  return [...state.items.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Whether an id lies in the part of the list that hasn't been loaded yet. */
export function isBeyond(state: InboxState, id: string): boolean {
  if (state.next === null) return false;
  for (const known of state.items.keys()) if (known < id) return false;
  return true;
}
