// Plays a recorded history to the client: everything that reaches it comes from the record, in the order of the record.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Cache } from '../../src/client/cache.js';
import type { Hooks } from '../../src/client/hooks.js';
import { type ListApi, Loading } from '../../src/client/loading.js';
import { Store } from '../../src/client/store.js';
import { SyncSession } from '../../src/client/sync-session.js';
import type { NotificationPage, WireNotification } from '../../src/client/types.js';
import { flushMicrotasks } from './support.js';
import { FakeStorage, useStorage } from './sync-harness.js';

/** What has to be seen of a notification. What is expired may be shown or not. */
interface ToShow {
  readonly id: string;
  readonly place: 'inbox' | 'archive' | 'asleep' | 'gone' | 'expired';
  readonly is_read?: boolean;
  readonly title?: string;
  readonly message?: string;
}

/** One line of a history: when, and one of these. */
export interface Step {
  /** Milliseconds since the history began. */
  readonly at: number;
  readonly opens?: true;
  readonly breaks?: true;
  /** What the client has to say. */
  readonly says?: unknown;
  /** A frame. */
  readonly hears?: unknown;
  /** The answer to what it asked for by REST: the list, or one notification. */
  readonly lists?: NotificationPage;
  readonly fetches?: WireNotification;
  readonly shows?: readonly ToShow[];
}

interface Asked<T> {
  readonly answer: (value: T) => void;
  readonly fail: (error: Error) => void;
}

function placeOf({ archived_at, snoozed_until }: WireNotification): ToShow['place'] {
  if (archived_at) return 'archive';
  return snoozed_until ? 'asleep' : 'inbox';
}

/** A client whose whole world is the record. */
class Page {
  readonly store = new Store(() => {});
  readonly session: SyncSession;
  /** What it waits for. */
  readonly lists: Asked<NotificationPage>[] = [];
  readonly fetches = new Map<string, Asked<WireNotification>[]>();

  constructor() {
    const hooks: Hooks = {
      onArrival: () => {},
      onUpdated: () => {},
      onFailure: () => {},
      handleSessionEnd: () => false,
    };
    const loading = new Loading(this.#api(), this.store, hooks);
    const connection = {
      sendHello: () => {},
      onReply: () => {},
      setTimings: () => {},
      reconnectAfter: () => {},
    };
    this.session = new SyncSession(this.store, loading, new Cache('/api', '/ws'), connection, hooks);
  }

  #api(): ListApi {
    return {
      first: () => new Promise((answer, fail) => this.lists.push({ answer, fail })),
      page: () => Promise.reject(new Error('there is one page')),
      get: (id) =>
        new Promise((answer, fail) => {
          this.fetches.set(id, [...(this.fetches.get(id) ?? []), { answer, fail }]);
        }),
      unreadCount: async () => ({ unread_count: this.store.view.unread }),
    };
  }
}

/** Plays one history. */
export class HistoryPlayer {
  #page: Page;
  #now = 0;

  /** `reloads`: where the line breaks the page is loaded anew, and has what it kept; unless it waits for a list. */
  constructor(private readonly reloadOnBreak: boolean) {
    useStorage(new FakeStorage());
    mock.timers.enable({ apis: ['setTimeout'] } as never);
    mock.method(performance, 'now', () => this.#now);
    this.#page = new Page();
  }

  /** Lets one thing happen, and whatever follows from it in the client. */
  async play(step: Step): Promise<void> {
    this.#now = step.at;
    if (step.breaks && this.reloadOnBreak && this.#page.lists.length === 0) this.#reload();
    if (step.says) this.#expectHello(step.says);
    if (step.hears) this.#page.session.onMessage(JSON.stringify(step.hears));
    if (step.lists) this.#answerList(step.lists);
    if (step.fetches) this.#answerFetch(step.fetches);
    await flushMicrotasks();
    if (step.shows) this.#checkView(step.shows);
  }

  #reload(): void {
    this.#page.session.save();
    this.#page = new Page();
    this.#page.session.restore();
  }

  // A list that was asked for before is not waited for any longer.
  #expectHello(expected: unknown): void {
    for (const { fail } of this.#page.lists.splice(0)) fail(new Error('too late'));
    assert.deepEqual(JSON.parse(this.#page.session.helloFrame()), expected);
  }

  #answerList(page: NotificationPage): void {
    const [asked] = this.#page.lists.splice(0);
    assert.ok(asked, 'the list was asked for');
    asked.answer(page);
  }

  #answerFetch(item: WireNotification): void {
    for (const { answer } of this.#page.fetches.get(item.id) ?? []) answer(item);
    this.#page.fetches.delete(item.id);
  }

  #checkView(due: readonly ToShow[]): void {
    const { store } = this.#page;
    const places = new Map(due.map(({ id, place }) => [id, place]));
    const counts = ({ id }: { readonly id: string }) =>
      places.get(id) !== 'expired' && !this.#awaitsFetch(id);
    const shown = store.view.items.filter(counts).map(({ id, read, title, message }) => {
      return { id, place: 'inbox', is_read: read, title, message };
    });
    const inbox = due.filter(({ place }) => place === 'inbox').filter(counts);
    assert.deepEqual(shown, inbox.reverse());
    for (const item of [...store.current.state.items.values()].filter(counts))
      assert.equal(placeOf(item), places.get(item.id), item.id);
  }

  // A page that was loaded anew has less than the one that the record is of, and asks for what nobody answers.
  #awaitsFetch(id: string): boolean {
    return this.reloadOnBreak && this.#page.fetches.has(id);
  }
}
