/**
 * The exchange over the socket: the client sends hello with its cursor, and the server answers it and pushes frames.
 * Only the answer to a hello moves the cursor (rule 12), and only once everything up to it has arrived.
 */
import type { Cache } from './cache.js';
import { ServerClock } from './clock.js';
import { parseFrame } from './frame.js';
import type { ChangeFrame, SyncFrame, WelcomeFrame } from './frame-types.js';
import type { Hooks } from './hooks.js';
import { ListCursor } from './list-cursor.js';
import { LiveFrames } from './live-frames.js';
import type { Loading } from './loading.js';
import type { ReconnectingSocket } from './reconnecting-socket.js';
import { applySync, applyWelcome } from './resume.js';
import { emptyState, findArrivals, type InboxState } from './state.js';
import type { Store } from './store.js';
import { readTimings } from './timings.js';

/** What the dialogue needs of the socket. */
export type Connection = Pick<ReconnectingSocket, 'sendHello' | 'onReply' | 'setTimings' | 'reconnectAfter'>;

/** One client's side of the dialogue. */
export class SyncSession {
  readonly #clock = new ServerClock();
  readonly #liveFrames: LiveFrames;
  readonly #listCursor: ListCursor;
  /** What an earlier page left: nobody's until a welcome says whose inbox this is. Frames wait with it. */
  #restored: InboxState | null = null;
  #heldFrames: ChangeFrame[] = [];
  /** What was known when hello was said, and the earliest that the server's clock can have shown then. */
  #stateAtHello: InboxState = emptyState;
  #helloTime = 0;
  /** The last sync couldn't tell what changed. */
  #syncFailed = false;

  constructor(
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly cache: Cache,
    private readonly connection: Connection,
    private readonly hooks: Pick<Hooks, 'onArrival' | 'onUpdated'>,
  ) {
    this.#liveFrames = new LiveFrames(store, loading, this.#clock, hooks);
    this.#listCursor = new ListCursor(store, loading, connection);
  }

  /** Looks for something to resume. Nothing of it is shown before the server has said whose inbox this is. */
  restore(): boolean {
    this.#restored = this.cache.load();
    return this.#restored !== null;
  }

  /** Whose inbox it is, as far as that is known here. */
  get user(): string | null {
    return (this.#restored ?? this.store.state).user;
  }

  /** Loads the list; what is not confirmed by then never will be. */
  load(): Promise<void> {
    this.#restored = null;
    this.#applyHeldFrames();
    return this.#listCursor.load();
  }

  /** Loads the list if what was recalled still waits to be confirmed. */
  loadWithoutResume(): void {
    if (this.#restored) void this.load();
  }

  /** Keeps for the next page what can be resumed. */
  save(): void {
    if (!this.#restored) this.cache.save(this.store.state);
  }

  /** Forgets what was kept, and does nothing more. */
  stop(): void {
    this.#restored = null;
    this.#listCursor.stop();
    this.cache.clear();
  }

  /** What to say on the line. */
  helloFrame(): string {
    this.#stateAtHello = this.#restored ?? this.store.state;
    this.#helloTime = this.#clock.earliestNow(this.#stateAtHello);
    return JSON.stringify({ type: 'hello', cursor: this.#stateAtHello.cursor });
  }

  /** Takes in what came over the line. */
  onMessage(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'welcome') this.#onWelcome(frame);
    else if (frame.type === 'sync') this.#onSync(frame);
    else if (frame.type === 'reconnect') this.connection.reconnectAfter(frame.after_ms);
    else if (frame.type === 'error') this.#onError();
    else if (frame.type === 'pong') return;
    else if (this.#restored) this.#heldFrames.push(frame);
    else this.#liveFrames.apply(frame);
  }

  #onWelcome(frame: WelcomeFrame): void {
    const { user, cursor } = frame;
    this.connection.setTimings(readTimings(frame));
    const restored = this.#restored;
    const hadHeldFrames = this.#heldFrames.length > 0;
    this.#restored = null;
    if (restored?.user === user) this.store.set({ state: restored, status: 'ready' });
    else if (restored) this.cache.clear();
    this.#resetForUser(user);
    const { state } = this.store;
    const hasChanged = state.user !== null && state !== this.#stateAtHello;
    this.store.state = applyWelcome(state, frame, hasChanged);
    this.#applyHeldFrames();
    this.connection.onReply(this.#stateAtHello.cursor === null);
    if (this.#stateAtHello.cursor === null || state.cursor === null) {
      this.#listCursor.loadFor({ user, cursor, cursorTime: this.#helloTime, sendHello: false });
    } else if (hasChanged || hadHeldFrames) void this.loading.loadCounts();
  }

  #onSync(frame: SyncFrame): void {
    const { cursor, more, recovered } = frame;
    const { state: before, status } = this.store.current;
    this.connection.onReply(!more || !recovered);
    // Twice in a row it would go on for ever; then the next hello is soon enough.
    const sendHello = !this.#syncFailed;
    this.#syncFailed = !recovered;
    if (!recovered) {
      this.#listCursor.loadFor({ user: before.user, cursor, cursorTime: this.#helloTime, sendHello });
      return;
    }
    const state = applySync(before, frame, this.#helloTime);
    this.store.state = state;
    if (status !== 'ready') return;
    for (const item of findArrivals(this.#stateAtHello, before, state)) this.hooks.onArrival(item);
  }

  #applyHeldFrames(): void {
    for (const frame of this.#heldFrames.splice(0)) this.#liveFrames.apply(frame);
  }

  // What changed isn't told this time; the list is there all the same.
  #onError(): void {
    this.connection.onReply(true);
    void this.load();
  }

  /** Nothing of one user may be left when another one is met. */
  #resetForUser(user: string): void {
    const { state, live, offline } = this.store.current;
    if (state.user === null || state.user === user) return;
    this.cache.clear();
    this.store.reset('loading', { live, offline });
  }
}
