// The lists of the tabs: each over its own pages, all of one pool, and kept right by what comes live.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { newestFirst } from '../../src/client/state.js';
import type { Tab } from '../../src/client/view.js';
import { type Desk, FakeStorage, resuming, useStorage } from './desk.js';
import { ids, item, notificationFrame, page, settled, stateFrame, sync, uuid, welcome } from './support.js';

const archived_at = '2026-01-01T00:00:00.000Z';
const snoozed_until = '2026-01-02T00:00:00.000Z';
const away = (n: number, changed = n) => item(n, { changed: uuid(changed), is_read: true, archived_at });

const list = (desk: Desk, tab: Tab) => ids(newestFirst(desk.state, tab));

async function show(desk: Desk, tab: Tab): Promise<void> {
  desk.store.set({ tab });
  await desk.loading.open(tab);
}

beforeEach(() => useStorage(new FakeStorage()));

test('a tab is loaded when it is first shown, and is in the order in which things became so', async () => {
  const desk = resuming(5);
  desk.tabs.archived = page([away(1, 9), away(3, 8), away(2, 7)], { unread_count: 1 });
  desk.store.set({ tab: 'archived' });
  assert.equal(desk.store.view.status, 'loading');
  await show(desk, 'archived');
  await show(desk, 'archived');
  assert.equal(desk.store.view.status, 'ready');
  assert.deepEqual(ids(desk.store.view.items), [uuid(1), uuid(3), uuid(2)]);
  assert.deepEqual(desk.requests, ['archived 20']);
  assert.deepEqual([list(desk, 'all'), desk.state.unread, desk.state.unseen], [[uuid(5)], 1, 1]);
});

test('a tab that cannot be loaded says so, and is loaded when it is shown again', async () => {
  const desk = resuming(5);
  desk.tabs.unread = new Error('down');
  await show(desk, 'unread');
  assert.equal(desk.store.view.status, 'error');
  desk.store.set({ tab: 'all' });
  assert.equal(desk.store.view.status, 'ready');
  desk.tabs.unread = page([item(5)]);
  await show(desk, 'unread');
  assert.deepEqual([desk.store.view.status, list(desk, 'unread')], ['ready', [uuid(5)]]);
});

test('each list goes on where it ends, and shows nothing of what lies below', async () => {
  const desk = resuming(9);
  desk.tabs.archived = page([away(1, 8)], { next: '?status=archived&cursor=8' });
  desk.pages['?status=archived&cursor=8'] = page([away(2, 4), away(3, 3)]);
  await show(desk, 'archived');
  desk.hear(stateFrame(9, 10, { archived_at }));
  desk.hear(welcome(), sync([notificationFrame(3, { changed: uuid(3), is_read: true, archived_at })]));
  assert.deepEqual(list(desk, 'archived'), [uuid(9), uuid(1)]);
  assert.equal(desk.store.view.more, true);
  await desk.more();
  assert.deepEqual(list(desk, 'archived'), [uuid(9), uuid(1), uuid(2), uuid(3)]);
  assert.equal(desk.store.view.more, false);
  const lists = desk.requests.filter((request) => request !== 'count');
  assert.deepEqual(lists, ['archived 20', '?status=archived&cursor=8']);
});

test('what is done on another device moves between the lists, and an older change moves nothing', async () => {
  const desk = resuming(1, 2);
  for (const tab of ['unread', 'archived', 'snoozed'] as const) await show(desk, tab);
  const lists = () => (['all', 'unread', 'archived', 'snoozed'] as const).map((tab) => list(desk, tab));
  desk.hear(stateFrame(1, 10, { archived_at }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [uuid(1)], []]);
  desk.hear(stateFrame(1, 12, { snoozed_until }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [], [uuid(1)]]);
  assert.equal(desk.store.view.hasSnoozed, true);
  desk.hear(stateFrame(1, 11, { is_read: false }));
  assert.deepEqual(lists(), [[uuid(2)], [uuid(2)], [], [uuid(1)]]);
  desk.hear(stateFrame(1, 13, { is_read: false }));
  assert.deepEqual(lists(), [[uuid(2), uuid(1)], [uuid(1), uuid(2)], [], []]);
  desk.hear({ type: 'read_all', up_to: uuid(13) });
  assert.deepEqual(lists(), [[uuid(2), uuid(1)], [], [], []]);
  desk.hear(stateFrame(2, 14, { deleted: true }), notificationFrame(15));
  assert.deepEqual(lists(), [[uuid(15), uuid(1)], [uuid(15)], [], []]);
  assert.equal(desk.lists, 0);
});

test('a state of what is too old for the list is asked about only where a tab has a place for it', async () => {
  const desk = resuming();
  desk.list = page([item(5)], { next: '?cursor=5' });
  await desk.dialogue.load();
  desk.one = away(1, 9);
  desk.hear(stateFrame(1, 9, { archived_at }));
  await settled();
  assert.deepEqual(desk.requests, ['list 20']);
  await show(desk, 'archived');
  desk.one = away(2, 10);
  desk.hear(stateFrame(2, 10, { archived_at, unread_count: 1 }));
  await settled();
  assert.deepEqual(desk.requests, ['list 20', 'archived 20', uuid(2)]);
  assert.deepEqual([list(desk, 'archived'), desk.state.unread], [[uuid(2)], 1]);
});

test('what was archived while away is in that tab afterwards, however old it is', async () => {
  const desk = resuming();
  desk.list = page([item(5)], { next: '?cursor=5' });
  await desk.dialogue.load();
  await show(desk, 'archived');
  desk.hear(
    welcome({ unread_count: 1 }),
    sync([notificationFrame(1, { changed: uuid(9), is_read: true, archived_at })]),
  );
  assert.deepEqual([list(desk, 'archived'), list(desk, 'all')], [[uuid(1)], [uuid(5)]]);
});

test('a reload brings the tab that is shown, too, and that of what sleeps; the others are loaded when shown', async () => {
  const desk = resuming(5);
  desk.tabs.snoozed = page([item(1, { is_read: true, snoozed_until })]);
  desk.tabs.archived = page([away(2)]);
  for (const tab of ['snoozed', 'archived', 'unread'] as const) await show(desk, tab);
  desk.requests.length = 0;
  desk.list = page([item(6), item(5)]);
  desk.tabs.unread = page([item(6), item(5)]);
  await desk.dialogue.load();
  assert.deepEqual(desk.requests, ['list 20', 'unread 20', 'snoozed 20']);
  assert.deepEqual([ids(desk.store.view.items), desk.store.view.hasSnoozed], [[uuid(6), uuid(5)], true]);
  assert.deepEqual(desk.rang, [uuid(6)]);
  await show(desk, 'archived');
  assert.deepEqual([desk.requests.length, list(desk, 'archived')], [4, [uuid(2)]]);
});

test('a tab that is shown while the list is on its way is there when that is', async () => {
  const desk = resuming(5);
  const letThrough = desk.hold();
  desk.list = page([item(5)]);
  desk.tabs.archived = page([away(2)]);
  void desk.dialogue.load();
  void show(desk, 'archived');
  letThrough();
  await settled();
  assert.deepEqual([desk.store.view.status, ids(desk.store.view.items)], ['ready', [uuid(2)]]);
});

test('an edit is told once, and rings nowhere', () => {
  const desk = resuming(1);
  const edit = {
    ...notificationFrame(1, { title: 'New', changed: uuid(9) }),
    type: 'notification_updated',
  } as const;
  desk.hear(edit, edit, { ...edit, notification_id: uuid(7), changed: uuid(8) });
  assert.deepEqual([desk.edited, desk.rang], [[uuid(1), uuid(7)], []]);
});

test('what is held back is counted and not shown', () => {
  const desk = resuming(1, 2);
  desk.store.set({ held: uuid(2) });
  desk.hear(notificationFrame(3), notificationFrame(4), stateFrame(1, 9));
  const { items, fresh, unread } = desk.store.view;
  assert.deepEqual([ids(items), fresh, unread], [[uuid(2), uuid(1)], 2, 3]);
  desk.hear(stateFrame(4, 10, { archived_at }));
  assert.equal(desk.store.view.fresh, 1);
  desk.store.set({ held: null });
  assert.deepEqual([ids(desk.store.view.items), desk.store.view.fresh], [[uuid(3), uuid(2), uuid(1)], 0]);
});

test('what has not changed is the same object in the next view', () => {
  const desk = resuming(1, 2);
  const [, before] = desk.store.view.items;
  desk.hear(stateFrame(2, 9));
  const [changed, after] = desk.store.view.items;
  assert.equal(after, before);
  assert.equal(changed?.read, true);
});
