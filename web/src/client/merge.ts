/**
 * How news becomes state. Frames and REST answers arrive late, twice and out of order; each of these functions
 * gives the same result whatever the order, because a change counts only if it is newer than what is known.
 */
import { fromFrame } from './frame.js';
import { COUNT_CAP, type InboxState, isRead, later, newestFirst } from './state.js';
import type { ChangeFrame, Notification, NotificationPage, StateFrame } from './types.js';

function unreadOf(state: InboxState, item: Notification | undefined): number {
  return item && !isRead(item, state.readWatermark) ? 1 : 0;
}

/** At the cap the true count is unknown, so arithmetic on it would be a guess: it waits for the server. */
function adjusted(unread: number, delta: number): number {
  return unread >= COUNT_CAP ? unread : Math.max(0, unread + delta);
}

function withItem(state: InboxState, item: Notification): InboxState {
  const delta = unreadOf(state, item) - unreadOf(state, state.items.get(item.id));
  const items = new Map(state.items).set(item.id, item);
  return { ...state, items, unread: adjusted(state.unread, delta) };
}

function isNews(known: Notification | undefined, item: Notification): boolean {
  if (!known || item.changed > known.changed) return true;
  if (item.changed < known.changed) return false;
  // The watermark reads an item without changing it, and REST has the whole of a message that a frame shortened.
  return (item.is_read && !known.is_read) || (known.truncated === true && !item.truncated);
}

/** Takes in a whole notification. */
export function applyItem(state: InboxState, item: Notification): InboxState {
  const current = caughtUp(item, state.overtaking.get(item.id));
  if (state.gone.has(item.id) || !isNews(state.items.get(item.id), current)) return state;
  return withItem(state, current);
}

/** A notification in the state that came before it. */
function caughtUp(item: Notification, frame: StateFrame | undefined): Notification {
  if (!frame || frame.changed <= item.changed) return item;
  return { ...item, changed: frame.changed, is_read: frame.is_read };
}

function remember(state: InboxState, frame: StateFrame): InboxState {
  const known = state.overtaking.get(frame.notification_id);
  if (known && known.changed >= frame.changed) return state;
  return { ...state, overtaking: new Map(state.overtaking).set(frame.notification_id, frame) };
}

/** Forgets a notification for good. */
export function applyDeleted(state: InboxState, id: string): InboxState {
  if (state.gone.has(id)) return state;
  const known = state.items.get(id);
  const items = new Map(state.items);
  items.delete(id);
  const gone = new Set(state.gone).add(id);
  return { ...state, items, gone, unread: adjusted(state.unread, -unreadOf(state, known)) };
}

/** Moves the watermark, only ever forward: it may overtake the items it covers. */
export function applyReadAll(state: InboxState, upTo: string): InboxState {
  const readWatermark = later(state.readWatermark, upTo);
  if (readWatermark === state.readWatermark) return state;
  const moved = { ...state, readWatermark };
  let delta = 0;
  for (const item of state.items.values()) delta += unreadOf(moved, item) - unreadOf(state, item);
  return { ...moved, unread: adjusted(state.unread, delta) };
}

function applyState(state: InboxState, frame: StateFrame): InboxState {
  if (frame.deleted) return applyDeleted(state, frame.notification_id);
  const known = state.items.get(frame.notification_id);
  if (!known) return remember(state, frame);
  const current = caughtUp(known, frame);
  return current === known ? state : withItem(state, current);
}

function applyChange(state: InboxState, frame: ChangeFrame): InboxState {
  switch (frame.type) {
    case 'notification':
      return applyItem(state, fromFrame(frame));
    case 'notification_state':
      return applyState(state, frame);
    case 'read_all':
      return applyReadAll(state, frame.up_to);
  }
}

/** Takes in a frame. Its count is a hint that is better than our own arithmetic. */
export function applyFrame(state: InboxState, frame: ChangeFrame): InboxState {
  const after = applyChange(state, frame);
  const hint = frame.unread_count;
  return typeof hint === 'number' && hint !== after.unread ? { ...after, unread: hint } : after;
}

/** Adds an older page below what is shown. */
export function appendPage(state: InboxState, page: NotificationPage): InboxState {
  const readWatermark = later(state.readWatermark, page.read_watermark);
  const merged = page.results.reduce(applyItem, { ...state, readWatermark });
  return { ...merged, next: page.next, unread: page.unread_count };
}

function isOtherUser(state: InboxState, page: NotificationPage): boolean {
  const [owner] = page.results;
  for (const item of state.items.values()) {
    if (item.user !== undefined && owner?.user !== undefined) return item.user !== owner.user;
  }
  return false;
}

/**
 * Replaces the list by its first page. `asked` is the state when the page was asked for: what changed since may
 * be missing from the page and stays; what the page no longer has is gone.
 */
export function replacePage(asked: InboxState, now: InboxState, page: NotificationPage): InboxState {
  // Another tab may have signed someone else in: nothing of the first user may colour the second's list.
  if (isOtherUser(now, page))
    return replacePage(asked, { ...now, items: new Map(), readWatermark: null }, page);
  const fresh = [...now.items.values()].filter((item) => asked.items.get(item.id) !== item);
  const base: InboxState = {
    items: new Map(),
    gone: now.gone,
    overtaking: now.overtaking,
    readWatermark: later(now.readWatermark, page.read_watermark),
    unread: 0,
    next: page.next,
  };
  return { ...[...page.results, ...fresh].reduce(applyItem, base), unread: page.unread_count };
}

/** What a reload brought that is newer than anything known before: it came while the socket was out. */
export function arrivals(
  asked: InboxState,
  now: InboxState,
  page: NotificationPage,
): readonly Notification[] {
  const newest = newestFirst(asked)[0]?.id ?? '';
  return page.results
    .filter((item) => item.id > newest && !now.items.has(item.id) && !isRead(item, page.read_watermark))
    .reverse();
}
