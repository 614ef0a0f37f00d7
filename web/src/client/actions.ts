/** What the user can do: shown at once, and taken back if the server doesn't agree. */
import { type Api, ApiError } from './api.js';
import type { Hooks } from './hooks.js';
import type { Loading } from './loading.js';
import { applyDeleted, applyItem, applyMark } from './merge.js';
import { type Act, foresee, type Pending } from './pending.js';
import { type InboxState, isRead, newest } from './state.js';
import type { Store } from './store.js';
import type { WireNotification } from './types.js';
import type { ActionName } from './view.js';

/** How long a deletion waits for second thoughts. */
export const UNDO_MS = 5_000;

type Timer = ReturnType<typeof setTimeout>;

/** What takes back the last thing done: there is no single way from asleep to read. */
function inverse(before: WireNotification, unread: boolean, done: ActionName): Act[] {
  if (before.archived_at) return [{ name: 'archive' }];
  if (before.snoozed_until) return [{ name: 'snooze', until: before.snoozed_until }];
  if (unread) return [{ name: 'markUnread' }];
  return done === 'snooze' ? [{ name: 'archive' }, { name: 'unarchive' }] : [{ name: 'unarchive' }];
}

/** Carries actions out. */
export class Actions {
  readonly #undo = new Map<string, readonly Act[]>();
  readonly #removals = new Map<string, Timer>();
  readonly #turns = new Map<string, Promise<void>>();

  constructor(
    private readonly api: Pick<Api, 'act' | 'markAllRead' | 'markSeen'>,
    private readonly store: Store,
    private readonly loading: Pick<Loading, 'reload'>,
    private readonly hooks: Pick<Hooks, 'failed' | 'ended'>,
  ) {}

  /** Does one thing with one notification. */
  async act(id: string, act: Act): Promise<void> {
    const { state, pending } = this.store.known;
    const { items, readWatermark } = foresee(state, pending);
    const before = items.get(id);
    if (!before) return;
    const unread = !isRead(before, readWatermark);
    const { name } = act;
    if (name === 'markRead' && !unread) return;
    if (name === 'archive' || name === 'snooze') this.#undo.set(id, inverse(before, unread, name));
    else this.#undo.delete(id);
    this.#pend({ acts: new Map(pending.acts).set(id, act) });
    if (name === 'remove')
      this.#removals.set(
        id,
        setTimeout(() => this.#remove(id), UNDO_MS),
      );
    else await this.#inTurn(id, act);
  }

  /** Takes back the last archiving, snoozing or deleting. */
  async undo(id: string): Promise<void> {
    if (this.#cancel(id)) return this.#drop(id);
    const undone = (this.#undo.get(id) ?? []).map((act) => this.act(id, act));
    this.#undo.delete(id);
    await Promise.all(undone);
  }

  /** Sends what still waits for second thoughts. */
  flush(): void {
    for (const id of [...this.#removals.keys()]) this.#remove(id);
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    if (this.store.view.unread === 0) return;
    await this.#mark('readWatermark', 'markAllRead', async () => {
      await this.api.markAllRead();
      // The answer doesn't name the watermark; the list does.
      await this.loading.reload();
    });
  }

  /** Marks as seen what is known. */
  async markSeen(): Promise<void> {
    if (this.store.view.unseen === 0) return;
    await this.#mark('seenWatermark', 'markSeen', async (upTo) => {
      const { unseen_count: unseen } = await this.api.markSeen(upTo);
      this.store.state = { ...applyMark(this.store.state, 'seenWatermark', upTo), unseen };
    });
  }

  async #mark(
    mark: 'readWatermark' | 'seenWatermark',
    name: ActionName,
    send: (upTo: string | null) => Promise<void>,
  ): Promise<void> {
    const { state, pending } = this.store.known;
    if (pending[mark] !== null) return;
    const upTo = newest(state, 'changed');
    this.#pend({ [mark]: upTo });
    try {
      await send(upTo);
    } catch (error) {
      this.#failed(name, error);
    }
    this.#pend({ [mark]: null });
  }

  #cancel(id: string): boolean {
    clearTimeout(this.#removals.get(id));
    return this.#removals.delete(id);
  }

  #remove(id: string): void {
    this.#cancel(id);
    void this.#inTurn(id, { name: 'remove' });
  }

  // What is done with one notification arrives in the order in which it was done.
  #inTurn(id: string, act: Act): Promise<void> {
    const shown = this.store.known.pending.acts.get(id);
    const before = this.#turns.get(id);
    const turn = before ? before.then(() => this.#send(id, act)) : this.#send(id, act);
    const ended = turn.then(() => {
      if (this.#turns.get(id) !== ended) return;
      this.#turns.delete(id);
      if (this.store.known.pending.acts.get(id) === shown) this.#drop(id);
    });
    this.#turns.set(id, ended);
    return ended;
  }

  async #send(id: string, act: Act): Promise<void> {
    try {
      const answer = await this.api.act(id, act);
      this.store.state = this.#after(id, answer);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.store.state = this.#after(id, null);
      else this.#failed(act.name, error, id);
    }
  }

  #after(id: string, answer: WireNotification | null): InboxState {
    const { state } = this.store;
    return answer ? applyItem(state, answer) : applyDeleted(state, id);
  }

  #failed(action: ActionName, error: unknown, id?: string): void {
    if (!this.hooks.ended(error)) this.hooks.failed(action, error, id);
  }

  #drop(id: string): void {
    const acts = new Map(this.store.known.pending.acts);
    acts.delete(id);
    this.#pend({ acts });
  }

  #pend(change: Partial<Pending>): void {
    this.store.set({ pending: { ...this.store.known.pending, ...change } });
  }
}
