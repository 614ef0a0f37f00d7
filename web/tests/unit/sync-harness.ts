// A dialogue with everything around it played by the test: the server's answers, the socket, the page's storage.
import { Cache } from '../../src/client/cache.js';
import type { ServerFrame } from '../../src/client/frame-types.js';
import type { Hooks } from '../../src/client/hooks.js';
import { type ListApi, Loading } from '../../src/client/loading.js';
import type { InboxState } from '../../src/client/state.js';
import { Store } from '../../src/client/store.js';
import { SyncSession } from '../../src/client/sync-session.js';
import type { Timings } from '../../src/client/timings.js';
import type { NotificationPage, WireNotification } from '../../src/client/types.js';
import type { Tab } from '../../src/client/view.js';
import { item, page, stateOf } from './support.js';

/** What a browser's storage does, and whatever a test makes it do. */
export class FakeStorage {
  readonly kept = new Map<string, string>();

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

/** Puts a storage where a page has it. */
export function useStorage(storage: unknown): void {
  Object.defineProperty(globalThis, 'sessionStorage', { value: storage, configurable: true });
}

export class SyncHarness {
  readonly sentHellos: unknown[] = [];
  readonly notified: string[] = [];
  readonly edited: string[] = [];
  readonly failed: string[] = [];
  readonly requests: string[] = [];
  readonly reconnects: number[] = [];
  replies: boolean[] = [];
  timings: Timings | null = null;
  /** What the server has, or an error. */
  list: NotificationPage | Error = page([]);
  /** Those of the other tabs, and what is further down. */
  readonly tabs: Partial<Record<Tab, NotificationPage | Error>> = {};
  readonly pages: Record<string, NotificationPage> = {};
  one: WireNotification | null = null;
  /** Whatever could be seen at any time. */
  readonly shown = new Set<string>();
  readonly store: Store = new Store(() => {
    for (const { id } of this.store.view.items) this.shown.add(id);
  });
  readonly cache = new Cache('/api', '/ws');
  readonly session: SyncSession;
  readonly loading: Loading;
  #gates: Array<() => void> | null = null;

  constructor() {
    const hooks: Hooks = {
      onArrival: ({ id }) => void this.notified.push(id),
      onUpdated: ({ id }) => void this.edited.push(id),
      onFailure: (action) => void this.failed.push(action),
      handleSessionEnd: () => false,
    };
    const loading = new Loading(this.#lists(), this.store, hooks);
    this.loading = loading;
    this.session = new SyncSession(
      this.store,
      loading,
      this.cache,
      {
        sendHello: () => this.sendHello(),
        onReply: (whole) => void this.replies.push(whole),
        setTimings: (timings) => {
          this.timings = timings;
        },
        reconnectAfter: (afterMs) => void this.reconnects.push(afterMs),
      },
      hooks,
    );
  }

  /** How often the list was asked for. */
  get lists(): number {
    return this.requests.filter((request) => request.startsWith('list')).length;
  }

  get state(): InboxState {
    return this.store.current.state;
  }

  /** Asks for the next older page. */
  loadMore(): Promise<void> {
    return this.loading.loadMore();
  }

  /** Says what is to be said. */
  sendHello(): void {
    this.sentHellos.push(JSON.parse(this.session.helloFrame()));
  }

  /** Opens a line and greets. */
  open(): void {
    this.sendHello();
  }

  /** Lets the server say something. */
  receive(...frames: ServerFrame[]): void {
    for (const frame of frames) this.session.onMessage(JSON.stringify(frame));
  }

  /** Keeps lists back until they are let through. */
  holdLists(): () => void {
    const gates: Array<() => void> = [];
    this.#gates = gates;
    return () => {
      this.#gates = null;
      for (const open of gates) open();
    };
  }

  #lists(): ListApi {
    return {
      first: async (limit, tab) => {
        this.requests.push(`${tab === 'all' ? 'list' : tab} ${limit}`);
        const list = tab === 'all' ? this.list : (this.tabs[tab] ?? page([]));
        if (this.#gates) await new Promise<void>((resolve) => this.#gates?.push(resolve));
        if (list instanceof Error) throw list;
        return list;
      },
      page: async (query) => {
        this.requests.push(query);
        return this.pages[query] ?? page([]);
      },
      get: async (id) => {
        this.requests.push(id);
        if (!this.one) throw new Error('not found');
        return this.one;
      },
      unreadCount: async () => {
        this.requests.push('count');
        return { unread_count: 42, unseen_count: 41 };
      },
    };
  }
}

export const helloFrame = (cursor: string | null) => ({ type: 'hello', cursor });

/** A client that has shown these, would resume from `c-0`, and has just said so. */
export function resumingHarness(...numbers: number[]): SyncHarness {
  const harness = new SyncHarness();
  const state = stateOf(
    numbers.map((n) => item(n)),
    { cursor: 'c-0' },
  );
  harness.store.set({ state, status: 'ready' });
  harness.open();
  return harness;
}
