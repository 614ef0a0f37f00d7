// What the user does: shown at once, sent in order, taken back if refused or on second thoughts.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Actions, UNDO_MS } from '../../src/client/actions.js';
import { ApiError } from '../../src/client/api.js';
import { applyChange } from '../../src/client/merge.js';
import type { Action } from '../../src/client/optimistic.js';
import type { InboxState } from '../../src/client/state.js';
import { Store } from '../../src/client/store.js';
import type { WireNotification } from '../../src/client/types.js';
import { flushMicrotasks, ids, item, notificationFrame, stateOf, uuid } from './support.js';

const until = '2026-01-02T00:00:00.000Z';
const archived_at = '2026-01-01T00:00:00.000Z';

/** A user at work, and a server that does what it is told, or refuses. */
class ActionsHarness {
  readonly sent: string[] = [];
  readonly failed: string[] = [];
  refusal: Error | null = null;
  /** Answers wait until they are let through. */
  held: (() => void)[] | null = null;
  readonly store = new Store(() => {});
  readonly actions: Actions;
  #changes = 100;

  constructor(state: InboxState) {
    this.store.set({ state, status: 'ready' });
    const api = {
      sendAction: (id: string, action: Action) =>
        this.#answer(`${action.name} ${Number.parseInt(id.slice(9, 13), 16)}`, () => this.#done(id, action)),
      markAllRead: () => this.#answer('markAllRead', () => {}),
      markSeen: (upTo: string | null) => this.#answer(`markSeen ${upTo}`, () => ({ unseen_count: 0 })),
    };
    const loading = {
      reload: async () => {
        this.sent.push('list');
        const { state: now } = this.store.current;
        this.store.set({ state: { ...now, unread: 0, readWatermark: uuid(this.#changes) } });
        return true;
      },
    };
    const onFailure = (name: string, _: unknown, id?: string) =>
      void this.failed.push(`${name} ${id ?? 'all'}`);
    this.actions = new Actions(api, this.store, loading, { onFailure, handleSessionEnd: () => false });
  }

  get view() {
    return this.store.view;
  }

  /** Each shown, with what can be seen of its state. */
  get shown(): string[] {
    return this.view.items.map(
      ({ id, read }) => `${Number.parseInt(id.slice(9, 13), 16)}${read ? '' : ' unread'}`,
    );
  }

  async #answer<T>(request: string, answer: () => T): Promise<T> {
    this.sent.push(request);
    const { refusal } = this;
    if (this.held) await new Promise<void>((go) => this.held?.push(go));
    if (refusal) throw refusal;
    return answer();
  }

  #done(
    id: string,
    { name, until: snoozed_until = null as unknown as string }: Action,
  ): WireNotification | null {
    if (name === 'remove') return null;
    const before = this.store.current.state.items.get(id) as WireNotification;
    this.#changes += 1;
    const changed = uuid(this.#changes);
    if (name === 'markRead') return { ...before, changed, is_read: true };
    const away = name === 'archive' ? archived_at : null;
    return { ...before, changed, is_read: name !== 'markUnread', archived_at: away, snoozed_until };
  }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] } as never));
afterEach(() => mock.reset());

test('each action shows before the server has answered, and afterwards as the server has it', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2), item(3), item(4, { is_read: true })]));
  harness.held = [];
  void harness.actions.run(uuid(1), { name: 'markRead' });
  void harness.actions.run(uuid(2), { name: 'archive' });
  void harness.actions.run(uuid(3), { name: 'snooze', until });
  void harness.actions.run(uuid(4), { name: 'markUnread' });
  const expected = [['4 unread', '1'], 1, true] as const;
  assert.deepEqual([harness.shown, harness.view.unread, harness.view.hasSnoozed], expected);
  assert.equal(harness.store.current.state.items.get(uuid(1))?.is_read, false);
  for (const go of harness.held) go();
  await flushMicrotasks();
  assert.deepEqual([harness.shown, harness.view.unread, harness.view.hasSnoozed], expected);
  assert.equal(harness.store.current.optimistic.actions.size, 0);
});

test('what the server refuses is taken back and told', async () => {
  const harness = new ActionsHarness(stateOf([item(1)]));
  harness.refusal = new Error('no');
  for (const name of ['markRead', 'archive'] as const) {
    const done = harness.actions.run(uuid(1), { name });
    assert.notDeepEqual(harness.shown, ['1 unread']);
    await done;
    assert.deepEqual([harness.shown, harness.view.unread], [['1 unread'], 1]);
  }
  assert.deepEqual(harness.failed, [`markRead ${uuid(1)}`, `archive ${uuid(1)}`]);
});

test('what is gone on the server is gone here, and that is no failure', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2)]));
  harness.refusal = new ApiError(404);
  await harness.actions.run(uuid(1), { name: 'archive' });
  assert.deepEqual([harness.shown, harness.failed], [['2 unread'], []]);
});

test('a deletion is sent after a while, and taken back before that it is never sent', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2)]));
  await harness.actions.run(uuid(1), { name: 'remove' });
  await harness.actions.run(uuid(2), { name: 'remove' });
  assert.deepEqual([harness.shown, harness.view.unread], [[], 0]);
  mock.timers.tick(UNDO_MS - 1);
  await harness.actions.undo(uuid(1));
  assert.deepEqual([harness.shown, harness.view.unread, harness.sent], [['1 unread'], 1, []]);
  mock.timers.tick(1);
  await flushMicrotasks();
  assert.deepEqual(harness.sent, ['remove 2']);
  mock.timers.tick(UNDO_MS);
  await flushMicrotasks();
  assert.deepEqual([harness.shown, harness.sent], [['1 unread'], ['remove 2']]);
  assert.equal(harness.store.current.state.deleted.has(uuid(2)), true);
});

test('a deletion is sent at once when the page goes, and only once', async () => {
  const harness = new ActionsHarness(stateOf([item(1)]));
  await harness.actions.run(uuid(1), { name: 'remove' });
  harness.actions.flush();
  assert.deepEqual(harness.sent, ['remove 1']);
  mock.timers.tick(UNDO_MS);
  await harness.actions.undo(uuid(1));
  await flushMicrotasks();
  assert.deepEqual(harness.sent, ['remove 1']);
});

test('a refused deletion comes back', async () => {
  const harness = new ActionsHarness(stateOf([item(1)]));
  harness.refusal = new Error('no');
  await harness.actions.run(uuid(1), { name: 'remove' });
  mock.timers.tick(UNDO_MS);
  await flushMicrotasks();
  assert.deepEqual([harness.shown, harness.failed], [['1 unread'], [`remove ${uuid(1)}`]]);
});

for (const [what, before, done, sent] of [
  ['archiving an unread one', item(1), { name: 'archive' }, ['markUnread']],
  ['archiving a read one', item(1, { is_read: true }), { name: 'archive' }, ['unarchive']],
  ['snoozing an unread one', item(1), { name: 'snooze', until }, ['markUnread']],
  ['snoozing a read one', item(1, { is_read: true }), { name: 'snooze', until }, ['archive', 'unarchive']],
  [
    'snoozing an archived one',
    item(1, { is_read: true, archived_at }),
    { name: 'snooze', until },
    ['archive'],
  ],
  [
    'archiving a sleeping one',
    item(1, { is_read: true, snoozed_until: until }),
    { name: 'archive' },
    ['snooze'],
  ],
] as const) {
  test(`${what} is undone`, async () => {
    const harness = new ActionsHarness(stateOf([before]));
    const were = [harness.shown, harness.view.unread, harness.view.hasSnoozed];
    await harness.actions.run(uuid(1), done);
    assert.notDeepEqual(
      [harness.shown, harness.view.unread, harness.view.hasSnoozed, done.name],
      [...were, done.name === 'archive' && before.archived_at],
    );
    await harness.actions.undo(uuid(1));
    assert.deepEqual([harness.shown, harness.view.unread, harness.view.hasSnoozed], were);
    assert.deepEqual(
      harness.sent,
      [done.name, ...sent].map((name) => `${name} 1`),
    );
    const { archived_at: away = null, snoozed_until: asleep = null } =
      harness.store.current.state.items.get(uuid(1)) ?? {};
    assert.deepEqual([away, asleep], [before.archived_at ?? null, before.snoozed_until ?? null]);
    await harness.actions.undo(uuid(1));
    assert.equal(harness.sent.length, 1 + sent.length);
  });
}

test('what is done with one notification is sent in order, each after the answer to the one before', async () => {
  const harness = new ActionsHarness(stateOf([item(1)]));
  harness.held = [];
  void harness.actions.run(uuid(1), { name: 'archive' });
  void harness.actions.undo(uuid(1));
  assert.deepEqual([harness.shown, harness.sent], [['1 unread'], ['archive 1']]);
  harness.held[0]?.();
  await flushMicrotasks();
  assert.deepEqual([harness.shown, harness.sent], [['1 unread'], ['archive 1', 'markUnread 1']]);
  harness.held[1]?.();
  await flushMicrotasks();
  assert.deepEqual(harness.shown, ['1 unread']);
  assert.equal(harness.store.current.optimistic.actions.size, 0);
});

test('marking read what is read, or what is not there, asks for nothing', async () => {
  const harness = new ActionsHarness(stateOf([item(1, { is_read: true })], { unread: 0, unseen: 0 }));
  await harness.actions.run(uuid(1), { name: 'markRead' });
  await harness.actions.run(uuid(7), { name: 'archive' });
  await harness.actions.markAllRead();
  await harness.actions.markSeen();
  await harness.actions.undo(uuid(1));
  assert.deepEqual(harness.sent, []);
});

test('marking all reads all at once, but not what comes meanwhile', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2)], { unread: 100 }));
  harness.held = [];
  void harness.actions.markAllRead();
  void harness.actions.markAllRead();
  assert.deepEqual([harness.shown, harness.view.unread], [['2', '1'], 0]);
  harness.store.set({ state: applyChange(harness.store.current.state, notificationFrame(3)) });
  assert.deepEqual([harness.shown, harness.view.unread], [['3 unread', '2', '1'], 1]);
  harness.held[0]?.();
  await flushMicrotasks();
  assert.deepEqual(harness.sent, ['markAllRead', 'list']);
  harness.refusal = new Error('no');
  harness.store.set({ state: stateOf([item(200)]) });
  harness.held = null;
  await harness.actions.markAllRead();
  assert.deepEqual([harness.failed, harness.view.unread], [['markAllRead all'], 1]);
});

test('looking at the list makes what is there seen, and leaves it unread', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2)], { unseen: 2 }));
  harness.held = [];
  void harness.actions.markSeen();
  assert.deepEqual([harness.view.unseen, harness.view.unread], [0, 2]);
  harness.store.set({ state: applyChange(harness.store.current.state, notificationFrame(3)) });
  assert.equal(harness.view.unseen, 1);
  harness.held[0]?.();
  await flushMicrotasks();
  assert.deepEqual(harness.sent, [`markSeen ${uuid(2)}`]);
  assert.equal(harness.store.current.state.seenWatermark, uuid(2));
  harness.refusal = new Error('no');
  harness.held = null;
  harness.store.set({ state: stateOf([item(9)]) });
  await harness.actions.markSeen();
  assert.deepEqual([harness.view.unseen, harness.failed], [1, ['markSeen all']]);
});

test('one that is done with stays where the user has put it, whatever is told of it meanwhile', async () => {
  const harness = new ActionsHarness(stateOf([item(1), item(2)]));
  harness.held = [];
  void harness.actions.run(uuid(1), { name: 'archive' });
  const edit = {
    ...notificationFrame(1, { title: 'New', changed: uuid(50) }),
    type: 'notification_updated',
  } as const;
  harness.store.set({ state: applyChange(harness.store.current.state, edit) });
  assert.deepEqual(ids(harness.view.items), [uuid(2)]);
  harness.held[0]?.();
  await flushMicrotasks();
  assert.deepEqual(ids(harness.view.items), [uuid(2)]);
});
