/** What the user can do: shown at once, and taken back if the server doesn't agree. */
import { type Api, ApiError } from './api.js';
import type { Hooks } from './hooks.js';
import type { Loading } from './loading.js';
import { applyDeleted, applyItem, applyWatermark } from './merge.js';
import { type Action, applyOptimistic, type OptimisticUpdate } from './optimistic.js';
import { type InboxState, isRead, newestId } from './state.js';
import type { Store } from './store.js';
import type { WireNotification } from './types.js';
import type { ActionName } from './view.js';

/** How long a deletion waits for second thoughts. */
export const UNDO_MS = 5_000;

type Timer = ReturnType<typeof setTimeout>;

/** What takes back the last thing done: there is no single way from asleep to read. */
function actionsToUndo(before: WireNotification, unread: boolean, actionName: ActionName): Action[] {
  if (before.archived_at) return [{ name: 'archive' }];
  if (before.snoozed_until) return [{ name: 'snooze', until: before.snoozed_until }];
  if (unread) return [{ name: 'markUnread' }];
  return actionName === 'snooze' ? [{ name: 'archive' }, { name: 'unarchive' }] : [{ name: 'unarchive' }];
}

/** Carries actions out. */
export class Actions {
  readonly #undoActions = new Map<string, readonly Action[]>();
  readonly #removalTimers = new Map<string, Timer>();
  readonly #queues = new Map<string, Promise<void>>();

  constructor(
    private readonly api: Pick<Api, 'sendAction' | 'markAllRead' | 'markSeen'>,
    private readonly store: Store,
    private readonly loading: Pick<Loading, 'reload'>,
    private readonly hooks: Pick<Hooks, 'onFailure' | 'handleSessionEnd'>,
  ) {}

  /** Does one thing with one notification. */
  async run(id: string, action: Action): Promise<void> {
    const { state, optimistic } = this.store.current;
    const { items, readWatermark } = applyOptimistic(state, optimistic);
    const before = items.get(id);
    if (!before) return;
    const unread = !isRead(before, readWatermark);
    const { name } = action;
    if (name === 'markRead' && !unread) return;
    if (name === 'archive' || name === 'snooze')
      this.#undoActions.set(id, actionsToUndo(before, unread, name));
    else this.#undoActions.delete(id);
    this.#setOptimistic({ actions: new Map(optimistic.actions).set(id, action) });
    if (name === 'remove')
      this.#removalTimers.set(
        id,
        setTimeout(() => this.#sendRemoval(id), UNDO_MS),
      );
    else await this.#enqueue(id, action);
  }

  /** Takes back the last archiving, snoozing or deleting. */
  async undo(id: string): Promise<void> {
    if (this.#cancelRemoval(id)) return this.#clearOptimistic(id);
    const undos = (this.#undoActions.get(id) ?? []).map((action) => this.run(id, action));
    this.#undoActions.delete(id);
    await Promise.all(undos);
  }

  /** Sends what still waits for second thoughts. */
  flush(): void {
    for (const id of [...this.#removalTimers.keys()]) this.#sendRemoval(id);
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    if (this.store.view.unread === 0) return;
    await this.#moveWatermark('readWatermark', 'markAllRead', async () => {
      await this.api.markAllRead();
      // The answer doesn't name the watermark; the list does.
      await this.loading.reload();
    });
  }

  /** Marks as seen what is known. */
  async markSeen(): Promise<void> {
    if (this.store.view.unseen === 0) return;
    await this.#moveWatermark('seenWatermark', 'markSeen', async (upTo) => {
      const { unseen_count: unseen } = await this.api.markSeen(upTo);
      this.store.state = { ...applyWatermark(this.store.state, 'seenWatermark', upTo), unseen };
    });
  }

  async #moveWatermark(
    watermark: 'readWatermark' | 'seenWatermark',
    name: ActionName,
    send: (upTo: string | null) => Promise<void>,
  ): Promise<void> {
    const { state, optimistic } = this.store.current;
    if (optimistic[watermark] !== null) return;
    const upTo = newestId(state, 'changed');
    this.#setOptimistic({ [watermark]: upTo });
    try {
      await send(upTo);
    } catch (error) {
      this.#reportFailure(name, error);
    }
    this.#setOptimistic({ [watermark]: null });
  }

  #cancelRemoval(id: string): boolean {
    clearTimeout(this.#removalTimers.get(id));
    return this.#removalTimers.delete(id);
  }

  #sendRemoval(id: string): void {
    this.#cancelRemoval(id);
    void this.#enqueue(id, { name: 'remove' });
  }

  // What is done with one notification arrives in the order in which it was done.
  #enqueue(id: string, action: Action): Promise<void> {
    const shown = this.store.current.optimistic.actions.get(id);
    const before = this.#queues.get(id);
    const sent = before ? before.then(() => this.#send(id, action)) : this.#send(id, action);
    const settled = sent.then(() => {
      if (this.#queues.get(id) !== settled) return;
      this.#queues.delete(id);
      if (this.store.current.optimistic.actions.get(id) === shown) this.#clearOptimistic(id);
    });
    this.#queues.set(id, settled);
    return settled;
  }

  async #send(id: string, action: Action): Promise<void> {
    try {
      const answer = await this.api.sendAction(id, action);
      this.store.state = this.#applyAnswer(id, answer);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.store.state = this.#applyAnswer(id, null);
      else this.#reportFailure(action.name, error, id);
    }
  }

  #applyAnswer(id: string, answer: WireNotification | null): InboxState {
    const { state } = this.store;
    return answer ? applyItem(state, answer) : applyDeleted(state, id);
  }

  #reportFailure(action: ActionName, error: unknown, id?: string): void {
    if (!this.hooks.handleSessionEnd(error)) this.hooks.onFailure(action, error, id);
  }

  #clearOptimistic(id: string): void {
    const actions = new Map(this.store.current.optimistic.actions);
    actions.delete(id);
    this.#setOptimistic({ actions });
  }

  #setOptimistic(change: Partial<OptimisticUpdate>): void {
    this.store.set({ optimistic: { ...this.store.current.optimistic, ...change } });
  }
}
