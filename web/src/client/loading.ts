/** Brings the lists, their older pages, single notifications and the count by REST. */
import type { Api } from './api.js';
import type { Hooks } from './hooks.js';
import { applyItem } from './merge.js';
import { appendPage, replacePage, UNKNOWN_NEXT } from './pages.js';
import { findArrivals, type InboxState, newestFirst } from './state.js';
import type { Store } from './store.js';
import type { NotificationPage } from './types.js';
import type { Tab } from './view.js';

const PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const MAX_COUNT_TRIES = 4;

/** The calls that loading makes. */
export type ListApi = Pick<Api, 'first' | 'page' | 'get' | 'unreadCount'>;

/** Loads, and never lets an older answer undo newer knowledge. */
export class Loading {
  #reloading: Promise<boolean> | null = null;
  #isReloadRequested = false;
  #isCounting = false;

  constructor(
    private readonly api: ListApi,
    private readonly store: Store,
    private readonly hooks: Pick<Hooks, 'onArrival' | 'onFailure' | 'handleSessionEnd'>,
  ) {}

  /** Loads the newest part of the list again; asked while under way, it runs once more afterwards. True if it's here. */
  reload(): Promise<boolean> {
    this.#isReloadRequested = true;
    this.#reloading ??= this.#reloadWhileRequested();
    return this.#reloading;
  }

  /** Loads the beginning of a tab that isn't here yet. */
  async openTab(tab: Tab): Promise<void> {
    const { state: stateAtRequest, failedTab } = this.store.current;
    if (stateAtRequest.lists[tab]) return;
    if (failedTab === tab) this.store.set({ failedTab: null });
    try {
      const page = await this.#fetchFirstPage(tab, 0);
      const { state } = this.store;
      const same = stateAtRequest.user === null || stateAtRequest.user === state.user;
      if (same && !state.lists[tab]) this.#adoptPage(appendPage(state, page, tab), stateAtRequest);
    } catch (error) {
      if (!this.hooks.handleSessionEnd(error)) this.store.set({ failedTab: tab });
    }
  }

  /** Loads the next older page of the tab. */
  async loadMore(): Promise<void> {
    if (this.store.current.loadingMore) return;
    this.store.set({ loadingMore: true });
    try {
      await this.#loadOlderPage();
    } catch (error) {
      if (!this.hooks.handleSessionEnd(error)) this.hooks.onFailure('loadMore', error);
    }
    this.store.set({ loadingMore: false });
  }

  /** Brings one notification that a frame spoke of. */
  async loadOne(id: string): Promise<void> {
    try {
      const item = await this.api.get(id);
      const { state } = this.store;
      const { unread, unseen } = state;
      const after = applyItem(state, item);
      // What wasn't known here has been counted by the frame that spoke of it.
      this.store.state = state.items.has(id) ? after : { ...after, unread, unseen };
    } catch (error) {
      this.hooks.handleSessionEnd(error);
    }
  }

  /** Brings the exact count. An answer that a change overtook is asked for again, within reason. */
  async loadCounts(): Promise<void> {
    if (this.#isCounting) return;
    this.#isCounting = true;
    try {
      for (let tries = 0; tries < MAX_COUNT_TRIES; tries += 1) {
        const stateAtRequest = this.store.state;
        const { unread_count: unread, unseen_count: unseen = stateAtRequest.unseen } =
          await this.api.unreadCount();
        if (this.store.state !== stateAtRequest) continue;
        this.store.state = { ...stateAtRequest, unread, unseen };
        break;
      }
    } catch (error) {
      this.hooks.handleSessionEnd(error);
    }
    this.#isCounting = false;
  }

  async #reloadWhileRequested(): Promise<boolean> {
    let loaded = false;
    while (this.#isReloadRequested) {
      this.#isReloadRequested = false;
      loaded = await this.#loadFirstPages();
    }
    this.#reloading = null;
    return loaded;
  }

  async #loadFirstPages(): Promise<boolean> {
    const { state: stateAtRequest, tab } = this.store.current;
    try {
      const tabs = new Set<Tab>(['all', tab]);
      if (stateAtRequest.lists.snoozed) tabs.add('snoozed');
      const first = async (of: Tab) => ({
        of,
        page: await this.#fetchFirstPage(of, newestFirst(stateAtRequest, of).length),
      });
      const pages = await Promise.all([...tabs].map(first));
      const { state, status } = this.store.current;
      // Someone else has signed in meanwhile, and their list is asked for.
      if (stateAtRequest.user !== null && stateAtRequest.user !== state.user) return false;
      const listed = pages.reduce(
        (known, { of, page }) =>
          of === 'all' ? replacePage(stateAtRequest, known, page) : appendPage(known, page, of),
        state,
      );
      this.store.set({ status: 'ready', failedTab: null });
      this.#adoptPage(listed, stateAtRequest);
      this.#refetchUnlisted(
        listed,
        stateAtRequest,
        pages.flatMap(({ page }) => page.results),
      );
      if (status === 'ready')
        for (const item of findArrivals(stateAtRequest, state, listed)) this.hooks.onArrival(item);
      // Another tab may have been opened meanwhile.
      void this.openTab(this.store.current.tab);
      return true;
    } catch (error) {
      if (!this.hooks.handleSessionEnd(error) && this.store.current.status === 'loading')
        this.store.set({ status: 'error' });
      return false;
    }
  }

  // What was there before and is not in the list was kept for its state; what it says may be out of date.
  #refetchUnlisted(
    listed: InboxState,
    stateAtRequest: InboxState,
    results: NotificationPage['results'],
  ): void {
    const old = new Set(stateAtRequest.items.keys());
    for (const { id } of results) old.delete(id);
    for (const id of old) if (listed.items.has(id)) void this.loadOne(id);
  }

  async #loadOlderPage(): Promise<void> {
    // Where the end was cut off, the list itself has to say where it goes on.
    const { state: known, tab: shown } = this.store.current;
    if (known.lists[shown]?.next === UNKNOWN_NEXT && !(await this.reload())) throw new Error('no list');
    const { state: stateAtRequest, tab } = this.store.current;
    const next = stateAtRequest.lists[tab]?.next ?? null;
    if (next === null) return;
    const page = await this.api.page(next);
    // A reload in between has put another page's cursor there; this page no longer joins on.
    const { state } = this.store;
    if (state.lists[tab]?.next === next) this.#adoptPage(appendPage(state, page, tab), stateAtRequest);
  }

  // As much as is on screen is asked for again, so that a reconnect doesn't shorten a list being read.
  async #fetchFirstPage(tab: Tab, size: number): Promise<NotificationPage> {
    let page = await this.api.first(Math.min(MAX_PAGE_SIZE, Math.max(PAGE_SIZE, size)), tab);
    while (page.results.length === 0 && page.next !== null) page = await this.api.page(page.next);
    return page;
  }

  // A page's count is of the moment it was read: if anything changed since it was asked for, a newer one is due.
  #adoptPage(state: InboxState, stateAtRequest: InboxState): void {
    const { state: now } = this.store;
    const hasChanged = now !== stateAtRequest;
    this.store.state = hasChanged ? { ...state, unread: now.unread } : state;
    if (hasChanged) void this.loadCounts();
  }
}
