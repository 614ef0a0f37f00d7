/**
 * What is said over the socket: hello, with how far is known here, and what the server answers or tells by itself.
 * Only the answer to a hello moves the cursor (rule 12), and only once everything up to it is here.
 */
import type { Cache } from './cache.js';
import { ServerClock } from './clock.js';
import { parseFrame } from './frame.js';
import type { ChangeFrame, SyncFrame, WelcomeFrame } from './frame-types.js';
import type { Hooks } from './hooks.js';
import { ListPoint } from './list-point.js';
import { LiveFrames } from './live.js';
import type { Loading } from './loading.js';
import { paceOf } from './pace.js';
import { applySync, applyWelcome } from './resume.js';
import type { LiveSocket } from './socket.js';
import { arrivals, emptyState, type InboxState } from './state.js';
import type { Store } from './store.js';

/** What the dialogue needs of the socket. */
export type Line = Pick<LiveSocket, 'greet' | 'answered' | 'follow' | 'leave'>;

/** One client's side of the dialogue. */
export class Dialogue {
  readonly #clock = new ServerClock();
  readonly #live: LiveFrames;
  readonly #list: ListPoint;
  /** What an earlier page left: nobody's until a welcome says whose inbox this is. Frames wait with it. */
  #recalled: InboxState | null = null;
  #held: ChangeFrame[] = [];
  /** What was known when hello was said, and the earliest that the server's clock can have shown then. */
  #asked: InboxState = emptyState;
  #askedAt = 0;
  /** The last sync couldn't tell what changed. */
  #lost = false;

  constructor(
    private readonly store: Store,
    private readonly loading: Loading,
    private readonly cache: Cache,
    private readonly line: Line,
    private readonly hooks: Pick<Hooks, 'ring' | 'updated'>,
  ) {
    this.#live = new LiveFrames(store, loading, this.#clock, hooks);
    this.#list = new ListPoint(store, loading, line);
  }

  /** Looks for something to resume. Nothing of it is shown before the server has said whose inbox this is. */
  recall(): boolean {
    this.#recalled = this.cache.load();
    return this.#recalled !== null;
  }

  /** Whose inbox it is, as far as that is known here. */
  get user(): string | null {
    return (this.#recalled ?? this.store.state).user;
  }

  /** Loads the list; what is not confirmed by then never will be. */
  load(): Promise<void> {
    this.#recalled = null;
    this.#release();
    return this.#list.load();
  }

  /** Loads the list if what was recalled still waits to be confirmed. */
  hurry(): void {
    if (this.#recalled) void this.load();
  }

  /** Keeps for the next page what can be resumed. */
  keep(): void {
    if (!this.#recalled) this.cache.save(this.store.state);
  }

  /** Forgets what was kept, and does nothing more. */
  stop(): void {
    this.#recalled = null;
    this.#list.stop();
    this.cache.clear();
  }

  /** What to say on the line. */
  greeting(): string {
    this.#asked = this.#recalled ?? this.store.state;
    this.#askedAt = this.#clock.earliest(this.#asked);
    return JSON.stringify({ type: 'hello', cursor: this.#asked.cursor });
  }

  /** Takes in what came over the line. */
  hear(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'welcome') this.#welcome(frame);
    else if (frame.type === 'sync') this.#sync(frame);
    else if (frame.type === 'reconnect') this.line.leave(frame.after_ms);
    else if (frame.type === 'error') this.#refused();
    else if (frame.type === 'pong') return;
    else if (this.#recalled) this.#held.push(frame);
    else this.#live.take(frame);
  }

  #welcome(frame: WelcomeFrame): void {
    const { user, cursor } = frame;
    this.line.follow(paceOf(frame));
    const recalled = this.#recalled;
    const waited = this.#held.length > 0;
    this.#recalled = null;
    if (recalled?.user === user) this.store.set({ state: recalled, status: 'ready' });
    else if (recalled) this.cache.clear();
    this.#meet(user);
    const { state } = this.store;
    const overtaken = state.user !== null && state !== this.#asked;
    this.store.state = applyWelcome(state, frame, overtaken);
    this.#release();
    this.line.answered(this.#asked.cursor === null);
    if (this.#asked.cursor === null || state.cursor === null) {
      this.#list.await({ user, cursor, taken: this.#askedAt, again: false });
    } else if (overtaken || waited) void this.loading.count();
  }

  #sync(frame: SyncFrame): void {
    const { cursor, more, recovered } = frame;
    const { state: before, status } = this.store.known;
    this.line.answered(!more || !recovered);
    // Twice in a row it would go on for ever; then the next hello is soon enough.
    const again = !this.#lost;
    this.#lost = !recovered;
    if (!recovered) {
      this.#list.await({ user: before.user, cursor, taken: this.#askedAt, again });
      return;
    }
    const state = applySync(before, frame, this.#askedAt);
    this.store.state = state;
    if (status !== 'ready') return;
    for (const item of arrivals(this.#asked, before, state)) this.hooks.ring(item);
  }

  #release(): void {
    for (const frame of this.#held.splice(0)) this.#live.take(frame);
  }

  // What changed isn't told this time; the list is there all the same.
  #refused(): void {
    this.line.answered(true);
    void this.load();
  }

  /** Nothing of one user may be left when another one is met. */
  #meet(user: string): void {
    const { state, live, offline } = this.store.known;
    if (state.user === null || state.user === user) return;
    this.cache.clear();
    this.store.forget('loading', { live, offline });
  }
}
