/** Brings the lists, their older pages, single notifications and the count by REST. */
import type { Api } from './api.js';
import type { Hooks } from './hooks.js';
import { applyItem } from './merge.js';
import { appendPage, CUT, replacePage } from './pages.js';
import { arrivals, type InboxState, newestFirst } from './state.js';
import type { Store } from './store.js';
import type { NotificationPage } from './types.js';
import type { Tab } from './view.js';

const PAGE = 20;
const MOST = 100;
const RECOUNTS = 4;

/** The calls that loading makes. */
export type Lists = Pick<Api, 'first' | 'page' | 'get' | 'unreadCount'>;

/** Loads, and never lets an older answer undo newer knowledge. */
export class Loading {
  #reloading: Promise<boolean> | null = null;
  #wanted = false;
  #counting = false;

  constructor(
    private readonly api: Lists,
    private readonly store: Store,
    private readonly hooks: Pick<Hooks, 'ring' | 'failed' | 'ended'>,
  ) {}

  /** Loads the newest part of the list again; asked while under way, it runs once more afterwards. True if it's here. */
  reload(): Promise<boolean> {
    this.#wanted = true;
    this.#reloading ??= this.#reloadWhileWanted();
    return this.#reloading;
  }

  /** Loads the beginning of a tab that isn't here yet. */
  async open(tab: Tab): Promise<void> {
    const { state: asked, broken } = this.store.known;
    if (asked.lists[tab]) return;
    if (broken === tab) this.store.set({ broken: null });
    try {
      const page = await this.#firstPage(tab, 0);
      const { state } = this.store;
      const same = asked.user === null || asked.user === state.user;
      if (same && !state.lists[tab]) this.#take(appendPage(state, page, tab), asked);
    } catch (error) {
      if (!this.hooks.ended(error)) this.store.set({ broken: tab });
    }
  }

  /** Loads the next older page of the tab. */
  async more(): Promise<void> {
    if (this.store.known.loadingMore) return;
    this.store.set({ loadingMore: true });
    try {
      await this.#older();
    } catch (error) {
      if (!this.hooks.ended(error)) this.hooks.failed('loadMore', error);
    }
    this.store.set({ loadingMore: false });
  }

  /** Brings one notification that a frame spoke of. */
  async one(id: string): Promise<void> {
    try {
      const item = await this.api.get(id);
      const { state } = this.store;
      const { unread, unseen } = state;
      const after = applyItem(state, item);
      // What wasn't known here has been counted by the frame that spoke of it.
      this.store.state = state.items.has(id) ? after : { ...after, unread, unseen };
    } catch (error) {
      this.hooks.ended(error);
    }
  }

  /** Brings the exact count. An answer that a change overtook is asked for again, within reason. */
  async count(): Promise<void> {
    if (this.#counting) return;
    this.#counting = true;
    try {
      for (let tries = 0; tries < RECOUNTS; tries += 1) {
        const asked = this.store.state;
        const { unread_count: unread, unseen_count: unseen = asked.unseen } = await this.api.unreadCount();
        if (this.store.state !== asked) continue;
        this.store.state = { ...asked, unread, unseen };
        break;
      }
    } catch (error) {
      this.hooks.ended(error);
    }
    this.#counting = false;
  }

  async #reloadWhileWanted(): Promise<boolean> {
    let loaded = false;
    while (this.#wanted) {
      this.#wanted = false;
      loaded = await this.#first();
    }
    this.#reloading = null;
    return loaded;
  }

  async #first(): Promise<boolean> {
    const { state: asked, tab } = this.store.known;
    try {
      const tabs = new Set<Tab>(['all', tab]);
      if (asked.lists.snoozed) tabs.add('snoozed');
      const first = async (of: Tab) => ({
        of,
        page: await this.#firstPage(of, newestFirst(asked, of).length),
      });
      const pages = await Promise.all([...tabs].map(first));
      const { state, status } = this.store.known;
      // Someone else has signed in meanwhile, and their list is asked for.
      if (asked.user !== null && asked.user !== state.user) return false;
      const listed = pages.reduce(
        (known, { of, page }) =>
          of === 'all' ? replacePage(asked, known, page) : appendPage(known, page, of),
        state,
      );
      this.store.set({ status: 'ready', broken: null });
      this.#take(listed, asked);
      this.#reword(
        listed,
        asked,
        pages.flatMap(({ page }) => page.results),
      );
      if (status === 'ready') for (const item of arrivals(asked, state, listed)) this.hooks.ring(item);
      // Another tab may have been opened meanwhile.
      void this.open(this.store.known.tab);
      return true;
    } catch (error) {
      if (!this.hooks.ended(error) && this.store.known.status === 'loading')
        this.store.set({ status: 'error' });
      return false;
    }
  }

  // What was there before and is not in the list was kept for its state; what it says may be out of date.
  #reword(listed: InboxState, asked: InboxState, results: NotificationPage['results']): void {
    const old = new Set(asked.items.keys());
    for (const { id } of results) old.delete(id);
    for (const id of old) if (listed.items.has(id)) void this.one(id);
  }

  async #older(): Promise<void> {
    // Where the end was cut off, the list itself has to say where it goes on.
    const { state: known, tab: shown } = this.store.known;
    if (known.lists[shown]?.next === CUT && !(await this.reload())) throw new Error('no list');
    const { state: asked, tab } = this.store.known;
    const next = asked.lists[tab]?.next ?? null;
    if (next === null) return;
    const page = await this.api.page(next);
    // A reload in between has put another page's cursor there; this page no longer joins on.
    const { state } = this.store;
    if (state.lists[tab]?.next === next) this.#take(appendPage(state, page, tab), asked);
  }

  // As much as is on screen is asked for again, so that a reconnect doesn't shorten a list being read.
  async #firstPage(tab: Tab, size: number): Promise<NotificationPage> {
    let page = await this.api.first(Math.min(MOST, Math.max(PAGE, size)), tab);
    while (page.results.length === 0 && page.next !== null) page = await this.api.page(page.next);
    return page;
  }

  // A page's count is of the moment it was read: if anything changed since it was asked for, a newer one is due.
  #take(state: InboxState, asked: InboxState): void {
    const { state: now } = this.store;
    const overtaken = now !== asked;
    this.store.state = overtaken ? { ...state, unread: now.unread } : state;
    if (overtaken) void this.count();
  }
}
