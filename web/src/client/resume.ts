/** How the answers to a hello become state: rules 12 to 15 of the consistency rules. */

import type { SyncFrame, WelcomeFrame } from './frame-types.js';
import { applyChange, applyWatermark } from './merge.js';
import type { InboxState } from './state.js';

/**
 * Takes in where the inbox stands. Its counts are of the moment they were read at: `overtaken` says that live frames
 * have come since the hello, whose counts may be newer.
 */
export function applyWelcome(state: InboxState, frame: WelcomeFrame, hasChanged: boolean): InboxState {
  const read = applyWatermark(state, 'readWatermark', frame.read_watermark ?? null);
  const seen = applyWatermark(read, 'seenWatermark', frame.seen_watermark ?? null);
  const counts = hasChanged ? {} : { unread: frame.unread_count, unseen: frame.unseen_count };
  return { ...seen, ...counts, user: frame.user };
}

/**
 * Takes in a part of what changed. The counts stay: the welcome before it has counted all of this. Only with the last
 * part is everything up to the cursor here; `taken` is a time at or before that at which the cursor was given.
 */
export function applySync(state: InboxState, frame: SyncFrame, cursorTime: number): InboxState {
  const { unread, unseen } = state;
  const merged = { ...frame.changes.reduce(applyChange, state), unread, unseen };
  // Without a cursor there is no list yet that the changes could complete.
  return frame.more || state.cursor === null ? merged : { ...merged, cursor: frame.cursor, cursorTime };
}
