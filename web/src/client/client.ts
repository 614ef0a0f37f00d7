/** The inbox without a face: loads it, keeps it live, carries out what the user asks, and says what to show. */
import { Actions } from './actions.js';
import { Api, ApiError } from './api.js';
import { Cache } from './cache.js';
import type { Hooks } from './hooks.js';
import { Loading } from './loading.js';
import { Polling } from './polling.js';
import { SharedConnection } from './shared-connection.js';
import { isRead, newestFirst, newestId } from './state.js';
import { Store } from './store.js';
import { SyncSession } from './sync-session.js';
import type { WireNotification } from './types.js';
import { socketUrl } from './url.js';
import { type ClientView, type Notification, type Tab, toNotification } from './view.js';

/** How long a page that could resume waits for that before it loads the list. */
const RESUME_TIMEOUT_MS = 4_000;

/** How often to ask for what is about to wake, at most: this clock may be ahead of the server's. */
const MIN_WAKE_CHECK_MS = 15_000;

const DAY_MS = 86_400_000;

/** Where the server is. */
export interface ClientOptions {
  /** The REST API; `/api` unless told. */
  readonly api?: string;
  /** The WebSocket; `/ws/notification/` unless told. */
  readonly socket?: string;
}

/**
 * One session's inbox. It serves one session from `start` to `stop`; a new session takes a new client. What is done
 * with it shows at once in `view`, and is rolled back if the server doesn't agree.
 *
 * @fires change - `view` is another one.
 * @fires notification - One has just arrived, and this is the tab to ring in; `detail` is the `Notification`.
 * @fires updated - One says something else now, which is no reason to ring; `detail` is the `Notification`.
 * @fires failed - Something was rolled back; `detail` is the `Failure`.
 */
export class BelfryClient extends EventTarget {
  readonly #abort = new AbortController();
  readonly #store = new Store(() => this.#onChange());
  readonly #connection: SharedConnection;
  readonly #loading: Loading;
  readonly #session: SyncSession;
  readonly #actions: Actions;
  readonly #polling: Polling;
  #wakeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ api: base = '/api', socket = '/ws/notification/' }: ClientOptions = {}) {
    super();
    const api = new Api(base);
    const hooks: Hooks = {
      onArrival: (item) => void this.#notify(item),
      onUpdated: (item) => this.#dispatch('updated', this.#toNotification(item)),
      onFailure: (action, error, id) => this.#dispatch('failed', { id: id ?? null, action, error }),
      handleSessionEnd: (error) => this.#handleSessionEnd(error),
    };
    this.#polling = new Polling(
      () => void this.reload(),
      () => api.pollMs,
    );
    this.#connection = new SharedConnection({
      // With the version of what tabs say to each other.
      name: `belfry-inbox 2 ${base} ${socket}`,
      url: socketUrl(socket, document.baseURI),
      user: () => this.#session.user,
      whoAmI: () => api.whoAmI(),
      helloFrame: () => this.#session.helloFrame(),
      onOpen: () => this.#onOpen(),
      onMessage: (data) => this.#session.onMessage(data),
      onDisconnect: (refused) => this.#onDisconnect(refused),
      onSessionChange: () => void this.reload(),
    });
    this.#loading = new Loading(api, this.#store, hooks);
    this.#session = new SyncSession(
      this.#store,
      this.#loading,
      new Cache(base, socket),
      this.#connection.connection,
      hooks,
    );
    this.#actions = new Actions(api, this.#store, this.#loading, hooks);
  }

  /** What to show, as of the last `change` event. */
  get view(): ClientView {
    return this.#store.view;
  }

  /**
   * Opens the socket to resume what an earlier page left; else, or if that takes too long, loads the list first.
   * Without a session it says so and leaves the socket alone.
   */
  async start(): Promise<void> {
    const { signal } = this.#abort;
    window.addEventListener('pagehide', () => this.#onHide(), { signal });
    document.addEventListener('visibilitychange', () => this.#onFocusChange(), { signal });
    window.addEventListener('focus', () => this.#onFocusChange(), { signal });
    if (this.#session.restore()) setTimeout(() => this.#session.loadWithoutResume(), RESUME_TIMEOUT_MS);
    else await this.reload();
    if (!signal.aborted && this.view.status !== 'signed-out') this.#connection.connection.start();
  }

  /** Ends everything and forgets it; nothing fires afterwards. */
  stop(): void {
    this.#actions.flush();
    this.#abort.abort();
    this.#shutDown(false);
  }

  /** Loads the newest part of the list again. */
  reload(): Promise<void> {
    return this.#session.load();
  }

  /** Loads the next older page of the tab. */
  loadMore(): Promise<void> {
    return this.#loading.loadMore();
  }

  /** Shows another tab. */
  show(tab: Tab): Promise<void> {
    this.#store.set({ tab, heldAfter: null });
    this.#loadSnoozed();
    return this.#loading.openTab(tab);
  }

  /** Holds back what arrives from now on, as long as the list is scrolled down; `view.fresh` counts it. */
  hold(on: boolean): void {
    const { heldAfter, state } = this.#store.current;
    if (on !== (heldAfter !== null))
      this.#store.set({ heldAfter: on ? (newestId(state, 'id') ?? '') : null });
  }

  /** Shows what is held back. */
  showFresh(): void {
    const { heldAfter, state } = this.#store.current;
    if (heldAfter !== null) this.#store.set({ heldAfter: newestId(state, 'id') });
  }

  /** Marks one as read. */
  markRead(id: string): Promise<void> {
    return this.#actions.run(id, { name: 'markRead' });
  }

  /** Marks one as unread; one that is archived or asleep comes back. */
  markUnread(id: string): Promise<void> {
    return this.#actions.run(id, { name: 'markUnread' });
  }

  /** Puts one away, read. */
  archive(id: string): Promise<void> {
    return this.#actions.run(id, { name: 'archive' });
  }

  /** Takes one out of the archive. */
  unarchive(id: string): Promise<void> {
    return this.#actions.run(id, { name: 'unarchive' });
  }

  /** Hides one until then, at most 366 days ahead; then it is unread again. */
  snooze(id: string, until: Date): Promise<void> {
    return this.#actions.run(id, { name: 'snooze', until: until.toISOString() });
  }

  /** Deletes one. The server is told after `UNDO_MS`, or when the page goes. */
  remove(id: string): Promise<void> {
    return this.#actions.run(id, { name: 'remove' });
  }

  /** Takes back the last archiving, snoozing or deleting of that one. */
  undo(id: string): Promise<void> {
    return this.#actions.undo(id);
  }

  /** Marks everything as read. */
  markAllRead(): Promise<void> {
    return this.#actions.markAllRead();
  }

  /** Marks as seen what has arrived: call it when someone looks at the list. */
  markSeen(): Promise<void> {
    this.#loadSnoozed();
    return this.#actions.markSeen();
  }

  // Only who looks at the list needs to know whether anything is asleep.
  #loadSnoozed(): void {
    if (this.view.status === 'ready') void this.#loading.openTab('snoozed');
  }

  #onOpen(): void {
    this.#polling.stop();
    this.#store.set({ live: true, offline: false });
  }

  // A browser doesn't say why a handshake failed. REST does: it tells a lost session from a lost network, and
  // brings the news while a proxy keeps the socket shut.
  #onDisconnect(refused: boolean): void {
    const { onLine } = navigator;
    this.#store.set({ live: false, offline: refused || !onLine });
    // Who isn't looked at can wait until then, if another tab asks.
    if (refused && onLine && (this.#connection.isLeader || !document.hidden)) this.#polling.start();
  }

  #onHide(): void {
    this.#actions.flush();
    this.#session.save();
  }

  // A hidden page may be thrown away without another word.
  #onFocusChange(): void {
    if (document.hidden) this.#session.save();
    this.#connection.onFocusChange();
  }

  #handleSessionEnd(error: unknown): boolean {
    if (this.#abort.signal.aborted) return true;
    if (!(error instanceof ApiError && error.status === 401)) return false;
    this.#shutDown(true);
    this.#store.reset('signed-out');
    return true;
  }

  #shutDown(ended: boolean): void {
    this.#connection.stop(ended);
    this.#polling.stop();
    clearTimeout(this.#wakeTimer);
    this.#session.stop();
  }

  async #notify(item: WireNotification): Promise<void> {
    if (await this.#connection.shouldNotify()) this.#dispatch('notification', this.#toNotification(item));
  }

  #toNotification(item: WireNotification): Notification {
    return toNotification(item, isRead(item, this.#store.state.readWatermark));
  }

  // What was snoozed wakes when somebody looks; and a timer can't wait for longer than 24 days.
  #onChange(): void {
    clearTimeout(this.#wakeTimer);
    const snoozed = newestFirst(this.#store.state, 'snoozed');
    const next = Math.min(...snoozed.map((item) => Date.parse(item.snoozed_until as string)));
    const wait = Math.max(MIN_WAKE_CHECK_MS, Math.min(DAY_MS, next - Date.now()));
    if (snoozed.length > 0) this.#wakeTimer = setTimeout(() => this.#connection.connection.sendHello(), wait);
    this.#dispatch('change');
  }

  #dispatch(name: string, detail?: unknown): void {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
