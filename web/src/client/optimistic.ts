/**
 * Optimistic updates: what the user did and the server hasn't confirmed yet. They are applied on top of the state and never
 * stored in it, so a rollback is only to drop the update.
 */
import { applyDeleted, applyWatermark, putItem } from './merge.js';
import { type InboxState, isRead } from './state.js';
import type { WireNotification } from './types.js';
import type { ActionName } from './view.js';

/** One thing done with one notification. */
export interface Action {
  readonly name: Exclude<ActionName, 'markAllRead' | 'markSeen' | 'loadMore'>;
  /** When it is to wake, where it is snoozed. */
  readonly until?: string;
}

/** Actions under way. */
export interface OptimisticUpdate {
  /** The latest with each notification. */
  readonly actions: ReadonlyMap<string, Action>;
  /** Everything changed up to here is being marked read, or seen. */
  readonly readWatermark: string | null;
  readonly seenWatermark: string | null;
}

/** Nothing under way. */
export const noOptimisticUpdate: OptimisticUpdate = {
  actions: new Map(),
  readWatermark: null,
  seenWatermark: null,
};

/** Above every change id: what was just done comes first, and no watermark covers it. */
const NOW = '~';

function applyAction(item: WireNotification, { name, until }: Action): WireNotification {
  if (name === 'markRead') return { ...item, is_read: true };
  const archived_at = name === 'archive' ? NOW : null;
  return { ...item, changed: NOW, is_read: name !== 'markUnread', archived_at, snoozed_until: until ?? null };
}

/** The state as it will be once the server has agreed. */
export function applyOptimistic(
  state: InboxState,
  { actions, readWatermark, seenWatermark }: OptimisticUpdate,
): InboxState {
  let optimistic = state;
  for (const [id, action] of actions) {
    const item = state.items.get(id);
    if (item)
      optimistic =
        action.name === 'remove'
          ? applyDeleted(optimistic, id)
          : putItem(optimistic, applyAction(item, action));
  }
  if (readWatermark === null && seenWatermark === null) return optimistic;
  optimistic = applyWatermark(
    applyWatermark(optimistic, 'readWatermark', readWatermark),
    'seenWatermark',
    seenWatermark,
  );
  // Whatever isn't loaded is older than the marks.
  const unread = [...optimistic.items.values()].filter((item) => !isRead(item, optimistic.readWatermark));
  const unseen = unread.filter((item) => !isRead(item, optimistic.seenWatermark)).length;
  return { ...optimistic, unseen, unread: readWatermark === null ? optimistic.unread : unread.length };
}
