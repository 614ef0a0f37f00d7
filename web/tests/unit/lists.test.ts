// The lists of the tabs: each over its own pages, all of one pool, and kept right by what comes live.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { newestFirst } from '../../src/client/state.js';
import type { Tab } from '../../src/client/view.js';
import {
  flushMicrotasks,
  ids,
  item,
  notificationFrame,
  page,
  stateFrame,
  sync,
  uuid,
  welcome,
} from './support.js';
import { FakeStorage, resumingHarness, type SyncHarness, useStorage } from './sync-harness.js';

const archived_at = '2026-01-01T00:00:00.000Z';
const snoozed_until = '2026-01-02T00:00:00.000Z';
const away = (n: number, changed = n) => item(n, { changed: uuid(changed), is_read: true, archived_at });

const list = (harness: SyncHarness, tab: Tab) => ids(newestFirst(harness.state, tab));

async function show(harness: SyncHarness, tab: Tab): Promise<void> {
  harness.store.set({ tab });
  await harness.loading.openTab(tab);
}

beforeEach(() => useStorage(new FakeStorage()));

test('a tab is loaded when it is first shown, and is in the order in which things became so', async () => {
  const harness = resumingHarness(5);
  harness.tabs.archived = page([away(1, 9), away(3, 8), away(2, 7)], { unread_count: 1 });
  harness.store.set({ tab: 'archived' });
  assert.equal(harness.store.view.status, 'loading');
  await show(harness, 'archived');
  await show(harness, 'archived');
  assert.equal(harness.store.view.status, 'ready');
  assert.deepEqual(ids(harness.store.view.items), [uuid(1), uuid(3), uuid(2)]);
  assert.deepEqual(harness.requests, ['archived 20']);
  assert.deepEqual([list(harness, 'all'), harness.state.unread, harness.state.unseen], [[uuid(5)], 1, 1]);
});

test('a tab that cannot be loaded says so, and is loaded when it is shown again', async () => {
  const harness = resumingHarness(5);
  harness.tabs.unread = new Error('down');
  await show(harness, 'unread');
  assert.equal(harness.store.view.status, 'error');
  harness.store.set({ tab: 'all' });
  assert.equal(harness.store.view.status, 'ready');
  harness.tabs.unread = page([item(5)]);
  await show(harness, 'unread');
  assert.deepEqual([harness.store.view.status, list(harness, 'unread')], ['ready', [uuid(5)]]);
});

test('each list goes on where it ends, and shows nothing of what lies below', async () => {
  const harness = resumingHarness(9);
  harness.tabs.archived = page([away(1, 8)], { next: '?status=archived&cursor=8' });
  harness.pages['?status=archived&cursor=8'] = page([away(2, 4), away(3, 3)]);
  await show(harness, 'archived');
  harness.receive(stateFrame(9, 10, { archived_at }));
  harness.receive(welcome(), sync([notificationFrame(3, { changed: uuid(3), is_read: true, archived_at })]));
  assert.deepEqual(list(harness, 'archived'), [uuid(9), uuid(1)]);
  assert.equal(harness.store.view.more, true);
  await harness.loadMore();
  assert.deepEqual(list(harness, 'archived'), [uuid(9), uuid(1), uuid(2), uuid(3)]);
  assert.equal(harness.store.view.more, false);
  const lists = harness.requests.filter((request) => request !== 'count');
  assert.deepEqual(lists, ['archived 20', '?status=archived&cursor=8']);
});

test('what is done on another device moves between the lists, and an older change moves nothing', async () => {
  const harness = resumingHarness(1, 2);
  for (const tab of ['unread', 'archived', 'snoozed'] as const) await show(harness, tab);
  const lists = () => (['all', 'unread', 'archived', 'snoozed'] as const).map((tab) => list(harness, tab));
  harness.receive(stateFrame(1, 10, { archived_at }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [uuid(1)], []]);
  harness.receive(stateFrame(1, 12, { snoozed_until }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [], [uuid(1)]]);
  assert.equal(harness.store.view.hasSnoozed, true);
  harness.receive(stateFrame(1, 11, { is_read: false }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [], [uuid(1)]]);
  harness.receive(stateFrame(1, 13, { is_read: false }));
  assert.deepEqual(lists(), [[uuid(2), uuid(1)], [uuid(1), uuid(2)], [], []]);
  harness.receive({ type: 'read_all', up_to: uuid(13) });
  assert.deepEqual(lists(), [[uuid(2), uuid(1)], [], [], []]);
  harness.receive(stateFrame(2, 14, { deleted: true }), notificationFrame(15));
  assert.deepEqual(lists(), [[uuid(15), uuid(1)], [uuid(15)], [], []]);
  assert.equal(harness.lists, 0);
});

test('a state of what is too old for the list is asked about only where a tab has a place for it', async () => {
  const harness = resumingHarness();
  harness.list = page([item(5)], { next: '?cursor=5' });
  await harness.session.load();
  harness.one = away(1, 9);
  harness.receive(stateFrame(1, 9, { archived_at }));
  await flushMicrotasks();
  assert.deepEqual(harness.requests, ['list 20']);
  await show(harness, 'archived');
  harness.one = away(2, 10);
  harness.receive(stateFrame(2, 10, { archived_at, unread_count: 1 }));
  await flushMicrotasks();
  assert.deepEqual(harness.requests, ['list 20', 'archived 20', uuid(2)]);
  assert.deepEqual([list(harness, 'archived'), harness.state.unread], [[uuid(2)], 1]);
});

test('what was archived while away is in that tab afterwards, however old it is', async () => {
  const harness = resumingHarness();
  harness.list = page([item(5)], { next: '?cursor=5' });
  await harness.session.load();
  await show(harness, 'archived');
  harness.receive(
    welcome({ unread_count: 1 }),
    sync([notificationFrame(1, { changed: uuid(9), is_read: true, archived_at })]),
  );
  assert.deepEqual([list(harness, 'archived'), list(harness, 'all')], [[uuid(1)], [uuid(5)]]);
});

test('a reload brings the tab that is shown, too, and that of what sleeps; the others are loaded when shown', async () => {
  const harness = resumingHarness(5);
  harness.tabs.snoozed = page([item(1, { is_read: true, snoozed_until })]);
  harness.tabs.archived = page([away(2)]);
  for (const tab of ['snoozed', 'archived', 'unread'] as const) await show(harness, tab);
  harness.requests.length = 0;
  harness.list = page([item(6), item(5)]);
  harness.tabs.unread = page([item(6), item(5)]);
  await harness.session.load();
  assert.deepEqual(harness.requests, ['list 20', 'unread 20', 'snoozed 20']);
  assert.deepEqual(
    [ids(harness.store.view.items), harness.store.view.hasSnoozed],
    [[uuid(6), uuid(5)], true],
  );
  assert.deepEqual(harness.notified, [uuid(6)]);
  await show(harness, 'archived');
  assert.deepEqual([harness.requests.length, list(harness, 'archived')], [4, [uuid(2)]]);
});

test('a tab that is shown while the list is on its way is there when that is', async () => {
  const harness = resumingHarness(5);
  const letThrough = harness.holdLists();
  harness.list = page([item(5)]);
  harness.tabs.archived = page([away(2)]);
  void harness.session.load();
  void show(harness, 'archived');
  letThrough();
  await flushMicrotasks();
  assert.deepEqual([harness.store.view.status, ids(harness.store.view.items)], ['ready', [uuid(2)]]);
});

test('an edit is told once, and rings nowhere', () => {
  const harness = resumingHarness(1);
  const edit = {
    ...notificationFrame(1, { title: 'New', changed: uuid(9) }),
    type: 'notification_updated',
  } as const;
  harness.receive(edit, edit, { ...edit, notification_id: uuid(7), changed: uuid(8) });
  assert.deepEqual([harness.edited, harness.notified], [[uuid(1), uuid(7)], []]);
});

test('what is held back is counted and not shown', () => {
  const harness = resumingHarness(1, 2);
  harness.store.set({ heldAfter: uuid(2) });
  harness.receive(notificationFrame(3), notificationFrame(4), stateFrame(1, 9));
  const { items, fresh, unread } = harness.store.view;
  assert.deepEqual([ids(items), fresh, unread], [[uuid(2), uuid(1)], 2, 3]);
  harness.receive(stateFrame(4, 10, { archived_at }));
  assert.equal(harness.store.view.fresh, 1);
  harness.store.set({ heldAfter: null });
  assert.deepEqual(
    [ids(harness.store.view.items), harness.store.view.fresh],
    [[uuid(3), uuid(2), uuid(1)], 0],
  );
});

test('what has not changed is the same object in the next view', () => {
  const harness = resumingHarness(1, 2);
  const [, before] = harness.store.view.items;
  harness.receive(stateFrame(2, 9));
  const [changed, after] = harness.store.view.items;
  assert.equal(after, before);
  assert.equal(changed?.read, true);
});
