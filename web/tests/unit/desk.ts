// A dialogue with everything around it played by the test: the server's answers, the socket, the page's storage.
import { Cache } from '../../src/client/cache.js';
import { Dialogue } from '../../src/client/dialogue.js';
import type { ServerFrame } from '../../src/client/frame-types.js';
import type { Hooks } from '../../src/client/hooks.js';
import { type Lists, Loading } from '../../src/client/loading.js';
import type { Pace } from '../../src/client/pace.js';
import type { InboxState } from '../../src/client/state.js';
import { Store } from '../../src/client/store.js';
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

export class Desk {
  readonly said: unknown[] = [];
  readonly rang: string[] = [];
  readonly edited: string[] = [];
  readonly failed: string[] = [];
  readonly requests: string[] = [];
  readonly left: number[] = [];
  answered: boolean[] = [];
  pace: Pace | null = null;
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
  readonly dialogue: Dialogue;
  readonly loading: Loading;
  #gates: Array<() => void> | null = null;

  constructor() {
    const hooks: Hooks = {
      ring: ({ id }) => void this.rang.push(id),
      updated: ({ id }) => void this.edited.push(id),
      failed: (action) => void this.failed.push(action),
      ended: () => false,
    };
    const loading = new Loading(this.#lists(), this.store, hooks);
    this.loading = loading;
    this.dialogue = new Dialogue(
      this.store,
      loading,
      this.cache,
      {
        greet: () => this.greet(),
        answered: (whole) => void this.answered.push(whole),
        follow: (pace) => {
          this.pace = pace;
        },
        leave: (afterMs) => void this.left.push(afterMs),
      },
      hooks,
    );
  }

  /** How often the list was asked for. */
  get lists(): number {
    return this.requests.filter((request) => request.startsWith('list')).length;
  }

  get state(): InboxState {
    return this.store.known.state;
  }

  /** Asks for the next older page. */
  more(): Promise<void> {
    return this.loading.more();
  }

  /** Says what is to be said. */
  greet(): void {
    this.said.push(JSON.parse(this.dialogue.greeting()));
  }

  /** Opens a line and greets. */
  open(): void {
    this.greet();
  }

  /** Lets the server say something. */
  hear(...frames: ServerFrame[]): void {
    for (const frame of frames) this.dialogue.hear(JSON.stringify(frame));
  }

  /** Keeps lists back until they are let through. */
  hold(): () => void {
    const gates: Array<() => void> = [];
    this.#gates = gates;
    return () => {
      this.#gates = null;
      for (const open of gates) open();
    };
  }

  #lists(): Lists {
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

export const hello = (cursor: string | null) => ({ type: 'hello', cursor });

/** A client that has shown these, would resume from `c-0`, and has just said so. */
export function resuming(...numbers: number[]): Desk {
  const desk = new Desk();
  const state = stateOf(
    numbers.map((n) => item(n)),
    { cursor: 'c-0' },
  );
  desk.store.set({ state, status: 'ready' });
  desk.open();
  return desk;
}
