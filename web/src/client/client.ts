/** The inbox without a face: loads it, keeps it live, carries out what the user asks, and says what to show. */
import { Actions } from './actions.js';
import { Api, ApiError } from './api.js';
import { parseFrame } from './frame.js';
import { Loading } from './loading.js';
import { applyFrame } from './merge.js';
import { LiveSocket, socketDefaults } from './socket.js';
import { COUNT_CAP, type InboxState, isBeyond, isRead } from './state.js';
import { Store } from './store.js';
import type { ChangeFrame, Notification } from './types.js';
import { socketUrl } from './url.js';
import type { ClientView } from './view.js';

/**
 * One session's inbox. Fires `change` when the view changed and `notification` (with the notification as detail)
 * when one has just arrived. It serves one session from `start` to `stop`; a new session takes a new client.
 */
export class BelfryClient extends EventTarget {
  readonly #abort = new AbortController();
  readonly #store = new Store(() => this.#changed());
  readonly #socket: LiveSocket;
  readonly #loading: Loading;
  readonly #actions: Actions;

  constructor(options: { readonly api: string; readonly socket: string }) {
    super();
    const api = new Api(options.api, this.#abort.signal);
    const ended = (error: unknown) => this.#ended(error);
    this.#loading = new Loading(api, this.#store, { ended, ring: (item) => this.#ring(item) });
    this.#actions = new Actions(api, this.#store, this.#loading, ended);
    this.#socket = new LiveSocket({
      ...socketDefaults,
      url: () => socketUrl(options.socket, document.baseURI),
      onOpen: () => this.#onOpen(),
      onText: (data) => this.#onText(data),
      onDown: (refused) => this.#onDown(refused),
    });
  }

  /** What to show, as of the last `change` event. */
  get view(): ClientView {
    return this.#store.view;
  }

  /** Loads the list, then opens the socket; without a session it does neither and says so. */
  async start(): Promise<void> {
    await this.reload();
    if (!this.#abort.signal.aborted && this.view.status !== 'signed-out') this.#socket.start();
  }

  /** Ends everything; nothing fires afterwards. */
  stop(): void {
    this.#abort.abort();
    this.#socket.stop();
  }

  /** Loads the newest part of the list again. */
  reload(): Promise<void> {
    return this.#loading.reload();
  }

  /** Loads the next older page. */
  loadMore(): Promise<void> {
    return this.#loading.more();
  }

  /** Marks one as read: at once on screen, rolled back if the server doesn't agree. */
  markRead(id: string): Promise<void> {
    return this.#actions.markRead(id);
  }

  /** Deletes one: at once on screen, rolled back if the server doesn't agree. */
  remove(id: string): Promise<void> {
    return this.#actions.remove(id);
  }

  /** Marks everything as read: at once on screen, rolled back if the server doesn't agree. */
  markAllRead(): Promise<void> {
    return this.#actions.markAllRead();
  }

  #onOpen(): void {
    this.#store.set({ live: true, offline: false });
    void this.reload();
  }

  // A browser doesn't say why a handshake failed. REST does: it tells a lost session from a lost network, and
  // brings the news while a proxy keeps the socket shut.
  #onDown(refused: boolean): void {
    this.#store.set({ live: false, offline: refused || !navigator.onLine });
    if (refused) void this.reload();
  }

  #onText(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    const before = this.#store.known.state;
    const state = applyFrame(before, frame);
    if (state !== before) this.#store.set({ state });
    this.#followUp(frame, before, state);
  }

  #followUp(frame: ChangeFrame, before: InboxState, now: InboxState): void {
    if (frame.unread_count === undefined && before.unread >= COUNT_CAP) void this.#loading.count();
    if (frame.type === 'read_all') return;
    const id = frame.notification_id;
    const item = now.items.get(id);
    if (frame.type === 'notification') {
      if (item && !before.items.has(id) && !isRead(item, now.readWatermark)) this.#ring(item);
    } else if (!item && !now.gone.has(id) && !isBeyond(now, id)) void this.#loading.one(id);
  }

  #ended(error: unknown): boolean {
    if (this.#abort.signal.aborted) return true;
    if (!(error instanceof ApiError && error.status === 401)) return false;
    this.#socket.stop();
    this.#store.forget('signed-out');
    return true;
  }

  #ring(item: Notification): void {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent('notification', { detail: item }));
  }

  #changed(): void {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent('change'));
  }
}
