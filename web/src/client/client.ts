/** The inbox without a face: loads it, keeps it live, carries out what the user asks, and says what to show. */
import { Actions } from './actions.js';
import { Api, ApiError } from './api.js';
import { Cache } from './cache.js';
import { Dialogue } from './dialogue.js';
import { Loading } from './loading.js';
import { Polling } from './polling.js';
import { LiveSocket } from './socket.js';
import { Store } from './store.js';
import type { Notification } from './types.js';
import { socketUrl } from './url.js';
import type { ClientView } from './view.js';

/** How long a page that could resume waits for that before it loads the list. */
const PATIENCE_MS = 4_000;

/**
 * One session's inbox. Fires `change` when the view changed and `notification` (with the notification as detail)
 * when one has just arrived. It serves one session from `start` to `stop`; a new session takes a new client.
 */
export class BelfryClient extends EventTarget {
  readonly #abort = new AbortController();
  readonly #store = new Store(() => this.#changed());
  readonly #socket: LiveSocket;
  readonly #loading: Loading;
  readonly #dialogue: Dialogue;
  readonly #actions: Actions;
  readonly #polling = new Polling(() => void this.reload());

  constructor(options: { readonly api: string; readonly socket: string }) {
    super();
    const api = new Api(options.api, this.#abort.signal);
    const cache = new Cache(options.api, options.socket);
    const ended = (error: unknown) => this.#ended(error);
    const ring = (item: Notification) => this.#ring(item);
    this.#socket = new LiveSocket({
      url: () => socketUrl(options.socket, document.baseURI),
      greeting: () => this.#dialogue.greeting(),
      onOpen: () => this.#onOpen(),
      onText: (data) => this.#dialogue.hear(data),
      onDown: (refused) => this.#onDown(refused),
    });
    this.#loading = new Loading(api, this.#store, { ended, ring });
    this.#dialogue = new Dialogue(this.#store, this.#loading, cache, this.#socket, ring);
    this.#actions = new Actions(api, this.#store, this.#loading, ended);
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
    window.addEventListener('pagehide', () => this.#dialogue.keep(), { signal });
    document.addEventListener('visibilitychange', () => this.#onVisibility(), { signal });
    if (this.#dialogue.recall()) setTimeout(() => this.#dialogue.hurry(), PATIENCE_MS);
    else await this.reload();
    if (!signal.aborted && this.view.status !== 'signed-out') this.#socket.start();
  }

  /** Ends everything and forgets it; nothing fires afterwards. */
  stop(): void {
    this.#abort.abort();
    this.#hangUp();
  }

  /** Loads the newest part of the list again. */
  reload(): Promise<void> {
    return this.#dialogue.load();
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
    this.#polling.stop();
    this.#store.set({ live: true, offline: false });
    this.#dialogue.opened();
  }

  // A browser doesn't say why a handshake failed. REST does: it tells a lost session from a lost network, and
  // brings the news while a proxy keeps the socket shut.
  #onDown(refused: boolean): void {
    const { onLine } = navigator;
    this.#store.set({ live: false, offline: refused || !onLine });
    if (refused && onLine) this.#polling.refused();
  }

  // A hidden page may be thrown away without another word.
  #onVisibility(): void {
    if (document.hidden) this.#dialogue.keep();
  }

  #ended(error: unknown): boolean {
    if (this.#abort.signal.aborted) return true;
    if (!(error instanceof ApiError && error.status === 401)) return false;
    this.#hangUp();
    this.#store.forget('signed-out');
    return true;
  }

  #hangUp(): void {
    this.#socket.stop();
    this.#polling.stop();
    this.#dialogue.stop();
  }

  #ring(item: Notification): void {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent('notification', { detail: item }));
  }

  #changed(): void {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent('change'));
  }
}
