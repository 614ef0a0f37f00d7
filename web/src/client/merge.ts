/**
 * How news becomes state. Frames and REST answers arrive late, twice and out of order; each of these functions
 * gives the same result whatever the order, because a change counts only if it is newer than what is known.
 */
import { timeOfId } from './clock.js';
import { fromFrame } from './frame.js';
import type { ChangeFrame, StateFrame } from './frame-types.js';
import { COUNT_CAP, type InboxState, isBelowLoaded, isRead, later } from './state.js';
import type { WireNotification } from './types.js';

/** How much earlier than its cursor a sync begins: later commits than that there are none. */
const OVERLAP_MS = 60_000;

interface CountHints {
  readonly unread_count?: number;
  readonly unseen_count?: number;
}

type Counts = readonly [unread: number, unseen: number];

function countsOf(state: InboxState, id: string): Counts {
  const item = state.items.get(id);
  if (!item || isRead(item, state.readWatermark)) return [0, 0];
  return [1, isRead(item, state.seenWatermark) ? 0 : 1];
}

/** At the cap the true count is unknown, so arithmetic on it would be a guess: it waits for the server. */
function adjustCount(count: number, delta: number): number {
  return count >= COUNT_CAP ? count : Math.max(0, count + delta);
}

/** A later state with the counts that follow from what became of these ids. */
function recount(before: InboxState, after: InboxState, ids: Iterable<string>): InboxState {
  let unread = 0;
  let unseen = 0;
  for (const id of ids) {
    const was = countsOf(before, id);
    const is = countsOf(after, id);
    unread += is[0] - was[0];
    unseen += is[1] - was[1];
  }
  return { ...after, unread: adjustCount(before.unread, unread), unseen: adjustCount(before.unseen, unseen) };
}

/** Puts a notification in the place of what is known of it. */
export function putItem(state: InboxState, item: WireNotification): InboxState {
  const items = new Map(state.items).set(item.id, item);
  return recount(state, { ...state, items }, [item.id]);
}

/** The change that its words are from: a state frame moves a notification on without carrying any. */
function textChangeOf(item: WireNotification): string {
  return item.textChange ?? item.changed;
}

function isNewer(known: WireNotification, item: WireNotification): boolean {
  if (item.changed > known.changed || textChangeOf(item) > textChangeOf(known)) return true;
  if (item.changed < known.changed || textChangeOf(item) < textChangeOf(known)) return false;
  // The watermark reads an item without changing it, and REST has the whole of a message that a frame shortened.
  return (item.is_read && !known.is_read) || (known.truncated === true && !item.truncated);
}

/** Takes in a whole notification. */
export function applyItem(state: InboxState, item: WireNotification): InboxState {
  const known = state.items.get(item.id);
  const current = withLaterState(item, state.earlyStates.get(item.id));
  if (state.deleted.has(item.id) || (known && !isNewer(known, current))) return state;
  // An answer that was asked for before someone else signed in.
  if (state.user !== null && item.user !== undefined && item.user !== state.user) return state;
  return putItem(state, withLaterState(current, known));
}

/** A notification in the state that came before it. */
function withLaterState(
  item: WireNotification,
  at: StateFrame | WireNotification | undefined,
): WireNotification {
  if (!at || at.changed <= item.changed) return item;
  const { changed, is_read, seen_at = null, read_at = null, archived_at = null, snoozed_until = null } = at;
  return {
    ...item,
    changed,
    is_read,
    seen_at,
    read_at,
    archived_at,
    snoozed_until,
    textChange: textChangeOf(item),
  };
}

function keepEarlyState(state: InboxState, frame: StateFrame): InboxState {
  const known = state.earlyStates.get(frame.notification_id);
  if (known && known.changed >= frame.changed) return state;
  return { ...state, earlyStates: new Map(state.earlyStates).set(frame.notification_id, frame) };
}

/** Forgets a notification for good. */
export function applyDeleted(state: InboxState, id: string): InboxState {
  if (state.deleted.has(id)) return state;
  const items = new Map(state.items);
  items.delete(id);
  return recount(state, { ...state, items, deleted: new Set(state.deleted).add(id) }, [id]);
}

/** Moves a watermark, only ever forward: it may overtake the items it covers. */
export function applyWatermark(
  state: InboxState,
  watermark: 'readWatermark' | 'seenWatermark',
  upTo: string | null,
): InboxState {
  const next = later(state[watermark], upTo);
  return next === state[watermark]
    ? state
    : recount(state, { ...state, [watermark]: next }, state.items.keys());
}

function applyState(state: InboxState, frame: StateFrame): InboxState {
  if (frame.deleted) return applyDeleted(state, frame.notification_id);
  const known = state.items.get(frame.notification_id);
  if (!known) return keepEarlyState(state, frame);
  const current = withLaterState(known, frame);
  return current === known ? state : putItem(state, current);
}

/** Takes in what a frame tells, whichever way it came. */
export function applyChange(state: InboxState, frame: ChangeFrame): InboxState {
  switch (frame.type) {
    case 'notification':
    case 'notification_updated':
      return applyItem(state, fromFrame(frame));
    case 'notification_state':
      return applyState(state, frame);
    case 'read_all':
      return applyWatermark(state, 'readWatermark', frame.up_to);
    case 'seen_all':
      return applyWatermark(state, 'seenWatermark', frame.up_to);
  }
}

/**
 * Whether a live frame tells of a notification that isn't here for good reason: it was deleted and is forgotten (rule
 * 14: everything that changed so long ago has been here), or an edit has touched a part of the list that isn't loaded.
 */
function isStale(state: InboxState, frame: ChangeFrame): boolean {
  if (frame.type !== 'notification' && frame.type !== 'notification_updated') return false;
  if (state.items.has(frame.notification_id)) return false;
  if (timeOfId(frame.changed) < state.cursorTime - OVERLAP_MS) return true;
  return frame.type === 'notification_updated' && isBelowLoaded(state, frame.notification_id);
}

/** Takes in a live frame. Its counts are hints that are better than our own arithmetic. */
export function applyFrame(state: InboxState, frame: ChangeFrame): InboxState {
  const after = isStale(state, frame) ? state : applyChange(state, frame);
  const { unread_count: unread = after.unread, unseen_count: unseen = after.unseen } = frame as CountHints;
  return unread === after.unread && unseen === after.unseen ? after : { ...after, unread, unseen };
}
