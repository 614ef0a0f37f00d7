/** Takes in live frames and does what follows from them: rings, fetches what is missing, counts anew. */
import { type ServerClock, timeOfId } from './clock.js';
import type { ChangeFrame } from './frame-types.js';
import type { Hooks } from './hooks.js';
import type { Loading } from './loading.js';
import { applyFrame } from './merge.js';
import { COUNT_CAP, type InboxState, isListed, isRead } from './state.js';
import type { Store } from './store.js';

/** What comes without being asked for. */
export class LiveFrames {
  constructor(
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly clock: ServerClock,
    private readonly hooks: Pick<Hooks, 'onArrival' | 'onUpdated'>,
  ) {}

  /** Takes one in. */
  apply(frame: ChangeFrame): void {
    this.clock.advanceTo(timeOfId('up_to' in frame ? frame.up_to : frame.changed));
    const before = this.store.state;
    const state = applyFrame(before, frame);
    if (state !== before) this.store.state = state;
    this.#followUp(frame, before, state);
  }

  #followUp(frame: ChangeFrame, before: InboxState, now: InboxState): void {
    const counted = frame.type === 'seen_all' || frame.unread_count !== undefined;
    if (!counted && before.unread >= COUNT_CAP) void this.loading.loadCounts();
    if (!('notification_id' in frame)) return;
    const id = frame.notification_id;
    const item = now.items.get(id);
    if (frame.type === 'notification') {
      if (item && !before.items.has(id) && !isRead(item, now.readWatermark)) this.hooks.onArrival(item);
    } else if (frame.type === 'notification_updated') {
      if (item && item !== before.items.get(id)) this.hooks.onUpdated(item);
    } else if (!item && !now.deleted.has(id) && isListed(now, { ...frame, id }))
      void this.loading.loadOne(id);
  }
}
