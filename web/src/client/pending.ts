/**
 * What the user just did and the server hasn't confirmed. It lies over the state and never in it, so rolling back
 * is forgetting.
 */
import { COUNT_CAP, type InboxState, isRead, newestFirst } from './state.js';
import type { Notification } from './types.js';

/** Actions under way. */
export interface Pending {
  readonly read: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** Mark-all is under way: only what arrived after it counts. */
  readonly all: boolean;
}

/** Nothing under way. */
export const nothingPending: Pending = { read: new Set(), removed: new Set(), all: false };

/** A notification as it is to be shown. */
export interface ShownItem extends Notification {
  readonly read: boolean;
}

/** The same set with one id more. */
export function plus(set: ReadonlySet<string>, ids: Iterable<string>): ReadonlySet<string> {
  return new Set([...set, ...ids]);
}

/** The same set without some ids. */
export function minus(set: ReadonlySet<string>, ids: Iterable<string>): ReadonlySet<string> {
  const without = new Set(ids);
  return new Set([...set].filter((id) => !without.has(id)));
}

/** The list with the user's own actions already done. */
export function shownItems(state: InboxState, pending: Pending): ShownItem[] {
  return newestFirst(state)
    .filter((item) => !pending.removed.has(item.id))
    .map((item) => ({ ...item, read: pending.read.has(item.id) || isRead(item, state.readWatermark) }));
}

/** The unread count with the user's own actions already done; 100 means 100 or more. */
export function shownUnread(state: InboxState, pending: Pending): number {
  if (pending.all) return shownItems(state, pending).filter((item) => !item.read).length;
  if (state.unread >= COUNT_CAP) return state.unread;
  let done = 0;
  for (const item of state.items.values()) {
    const acted = pending.read.has(item.id) || pending.removed.has(item.id);
    if (acted && !isRead(item, state.readWatermark)) done += 1;
  }
  return Math.max(0, state.unread - done);
}
