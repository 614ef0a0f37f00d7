/** How the answers to a hello become state: rules 12 to 15 of the consistency rules. */

import type { ItemFrame, SyncFrame, WelcomeFrame } from './frame-types.js';
import { applyChange, applyMark } from './merge.js';
import { type InboxState, isBeyond } from './state.js';

/**
 * Takes in where the inbox stands. Its counts are of the moment they were read at: `overtaken` says that live frames
 * have come since the hello, whose counts may be newer.
 */
export function applyWelcome(state: InboxState, frame: WelcomeFrame, overtaken: boolean): InboxState {
  const read = applyMark(state, 'readWatermark', frame.read_watermark ?? null);
  const seen = applyMark(read, 'seenWatermark', frame.seen_watermark ?? null);
  const counts = overtaken ? {} : { unread: frame.unread_count, unseen: frame.unseen_count };
  return { ...seen, ...counts, user: frame.user };
}

/** Below the loaded part there are others that didn't change: what is there comes with its page, and leaves no gap. */
function isLoaded(state: InboxState, change: ItemFrame): boolean {
  const id = change.notification_id;
  return change.type === 'notification_state' || state.items.has(id) || !isBeyond(state, id);
}

/**
 * Takes in a part of what changed. The counts stay: the welcome before it has counted all of this. Only with the last
 * part is everything up to the cursor here; `taken` is a time at or before that at which the cursor was given.
 */
export function applySync(state: InboxState, frame: SyncFrame, taken: number): InboxState {
  const changes = frame.changes.filter((change) => isLoaded(state, change));
  const { unread, unseen } = state;
  const merged = { ...changes.reduce(applyChange, state), unread, unseen };
  // Without a cursor there is no list yet that the changes could complete.
  return frame.more || state.cursor === null ? merged : { ...merged, cursor: frame.cursor, taken };
}
