/** How the answers of the list become state. */
import { applyItem } from './merge.js';
import { emptyState, type InboxState, later, sortKey } from './state.js';
import type { NotificationPage } from './types.js';
import type { Tab } from './view.js';

/** Stands for the address of a next page that can't be known: that of a list whose end was cut off. */
export const UNKNOWN_NEXT = '';

function withExtent(state: InboxState, page: NotificationPage, tab: Tab): InboxState {
  const { next } = page;
  const last = page.results.at(-1);
  const floor = last ? sortKey(tab, last) : (state.lists[tab]?.floor ?? null);
  return {
    ...state,
    lists: { ...state.lists, [tab]: { next, floor: next === null ? null : floor } },
    user: page.results[0]?.user ?? state.user,
    readWatermark: later(state.readWatermark, page.read_watermark),
    seenWatermark: later(state.seenWatermark, page.seen_watermark ?? null),
  };
}

/** Adds a page to what is shown of a tab. What it brings has been counted before. */
export function appendPage(state: InboxState, page: NotificationPage, tab: Tab = 'all'): InboxState {
  const merged = page.results.reduce(applyItem, withExtent(state, page, tab));
  return { ...merged, unread: page.unread_count, unseen: state.unseen };
}

function isOtherUser(state: InboxState, page: NotificationPage): boolean {
  const owner = page.results[0]?.user;
  return state.user !== null && owner !== undefined && owner !== state.user;
}

/**
 * Replaces the list by its first page, and forgets the other tabs. `asked` is the state when the page was asked for:
 * what changed since may be missing from the page and stays; what the page no longer has is gone.
 */
export function replacePage(stateAtRequest: InboxState, now: InboxState, page: NotificationPage): InboxState {
  // Another tab may have signed someone else in: nothing of the first user may colour the second's list.
  const known = isOtherUser(now, page) ? emptyState : now;
  const base = withExtent({ ...known, items: new Map(), lists: {}, unread: 0, unseen: 0 }, page, 'all');
  const fresh = [...known.items.values()].filter((item) => stateAtRequest.items.get(item.id) !== item);
  const merged = [...page.results, ...fresh].reduce(applyItem, base);
  const unseen = Math.max(merged.unseen, Math.min(known.unseen, page.unread_count));
  return { ...merged, unread: page.unread_count, unseen: page.next === null ? merged.unseen : unseen };
}
