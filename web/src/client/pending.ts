/**
 * What the user just did and the server hasn't confirmed. It lies over the state and never in it, so rolling back
 * is forgetting.
 */
import { applyDeleted, applyMark, withItem } from './merge.js';
import { type InboxState, isRead } from './state.js';
import type { WireNotification } from './types.js';
import type { ActionName } from './view.js';

/** One thing done with one notification. */
export interface Act {
  readonly name: Exclude<ActionName, 'markAllRead' | 'markSeen' | 'loadMore'>;
  /** When it is to wake, where it is snoozed. */
  readonly until?: string;
}

/** Actions under way. */
export interface Pending {
  /** The latest with each notification. */
  readonly acts: ReadonlyMap<string, Act>;
  /** Everything changed up to here is being marked read, or seen. */
  readonly readWatermark: string | null;
  readonly seenWatermark: string | null;
}

/** Nothing under way. */
export const nothingPending: Pending = { acts: new Map(), readWatermark: null, seenWatermark: null };

/** Above every change id: what was just done comes first, and no watermark covers it. */
const NOW = '~';

function acted(item: WireNotification, { name, until }: Act): WireNotification {
  if (name === 'markRead') return { ...item, is_read: true };
  const archived_at = name === 'archive' ? NOW : null;
  return { ...item, changed: NOW, is_read: name !== 'markUnread', archived_at, snoozed_until: until ?? null };
}

/** The state as it will be once the server has agreed. */
export function foresee(state: InboxState, { acts, readWatermark, seenWatermark }: Pending): InboxState {
  let ahead = state;
  for (const [id, act] of acts) {
    const item = state.items.get(id);
    if (item) ahead = act.name === 'remove' ? applyDeleted(ahead, id) : withItem(ahead, acted(item, act));
  }
  if (readWatermark === null && seenWatermark === null) return ahead;
  ahead = applyMark(applyMark(ahead, 'readWatermark', readWatermark), 'seenWatermark', seenWatermark);
  // Whatever isn't loaded is older than the marks.
  const unread = [...ahead.items.values()].filter((item) => !isRead(item, ahead.readWatermark));
  const unseen = unread.filter((item) => !isRead(item, ahead.seenWatermark)).length;
  return { ...ahead, unseen, unread: readWatermark === null ? ahead.unread : unread.length };
}
