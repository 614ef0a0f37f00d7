/** How the answers of the list become state. */
import { applyItem } from './merge.js';
import { emptyState, type InboxState, isBeyond, later } from './state.js';
import type { NotificationPage } from './types.js';

/** Stands for the address of a next page that can't be known: that of a list whose end was cut off. */
export const CUT = '';

function withEnd(state: InboxState, page: NotificationPage): InboxState {
  const floor = page.next === null ? null : (page.results.at(-1)?.id ?? state.floor);
  return {
    ...state,
    user: page.results[0]?.user ?? state.user,
    readWatermark: later(state.readWatermark, page.read_watermark),
    seenWatermark: later(state.seenWatermark, page.seen_watermark ?? null),
    next: page.next,
    floor,
  };
}

/** Adds an older page below what is shown. */
export function appendPage(state: InboxState, page: NotificationPage): InboxState {
  return { ...page.results.reduce(applyItem, withEnd(state, page)), unread: page.unread_count };
}

function isOtherUser(state: InboxState, page: NotificationPage): boolean {
  const owner = page.results[0]?.user;
  return state.user !== null && owner !== undefined && owner !== state.user;
}

/**
 * Replaces the list by its first page. `asked` is the state when the page was asked for: what changed since may
 * be missing from the page and stays; what the page no longer has is gone.
 */
export function replacePage(asked: InboxState, now: InboxState, page: NotificationPage): InboxState {
  // Another tab may have signed someone else in: nothing of the first user may colour the second's list.
  const known = isOtherUser(now, page) ? emptyState : now;
  const base = withEnd({ ...known, items: new Map(), unread: 0, unseen: 0 }, page);
  const fresh = [...known.items.values()].filter(
    (item) => asked.items.get(item.id) !== item && !isBeyond(base, item.id),
  );
  const merged = [...page.results, ...fresh].reduce(applyItem, base);
  const unseen = Math.max(merged.unseen, Math.min(known.unseen, page.unread_count));
  return { ...merged, unread: page.unread_count, unseen: page.next === null ? merged.unseen : unseen };
}
