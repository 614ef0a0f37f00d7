/** What the user can do: shown at once, and taken back if the server doesn't agree. */
import { type Api, ApiError } from './api.js';
import type { Loading, LoadingHooks } from './loading.js';
import { applyDeleted, applyItem } from './merge.js';
import { minus, type Pending, plus } from './pending.js';
import { type InboxState, isRead } from './state.js';
import type { Store } from './store.js';
import type { Failure } from './view.js';

/** Carries actions out. */
export class Actions {
  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly ended: LoadingHooks['ended'],
  ) {}

  /** Marks one as read. */
  async markRead(id: string): Promise<void> {
    const { state, pending } = this.store.known;
    const item = state.items.get(id);
    if (!item || pending.read.has(id) || isRead(item, state.readWatermark)) return;
    await this.#act('read', id, 'mark-read', async () => {
      const answer = await this.api.markRead(id);
      return applyItem(this.store.known.state, answer);
    });
  }

  /** Deletes one. */
  async remove(id: string): Promise<void> {
    const { state, pending } = this.store.known;
    if (!state.items.has(id) || pending.removed.has(id)) return;
    await this.#act('removed', id, 'delete', async () => {
      await this.api.remove(id);
      return applyDeleted(this.store.known.state, id);
    });
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    const { pending } = this.store.known;
    const { items, unread } = this.store.view;
    if (pending.all || unread === 0) return;
    const ids = items.filter((item) => !item.read).map((item) => item.id);
    this.store.set({ failure: null, pending: { ...pending, read: plus(pending.read, ids), all: true } });
    try {
      await this.api.markAllRead();
      // The answer doesn't name the watermark; the list does.
      await this.loading.reload();
    } catch (error) {
      if (!this.ended(error)) this.store.set({ failure: 'mark-all' });
    }
    const after = this.store.known.pending;
    this.store.set({ pending: { ...after, read: minus(after.read, ids), all: false } });
  }

  async #act(
    kind: Exclude<keyof Pending, 'all'>,
    id: string,
    failure: Failure,
    work: () => Promise<InboxState>,
  ): Promise<void> {
    this.#fail(id, null);
    this.#pend(kind, plus(this.store.known.pending[kind], [id]));
    try {
      this.store.set({ state: await work() });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        this.store.set({ state: applyDeleted(this.store.known.state, id) });
      } else if (!this.ended(error)) this.#fail(id, failure);
    }
    this.#pend(kind, minus(this.store.known.pending[kind], [id]));
  }

  #pend(kind: keyof Pending, ids: ReadonlySet<string>): void {
    this.store.set({ pending: { ...this.store.known.pending, [kind]: ids } });
  }

  #fail(id: string, failure: Failure | null): void {
    const failures = new Map(this.store.known.failures);
    if (failure) failures.set(id, failure);
    else failures.delete(id);
    this.store.set({ failures });
  }
}
