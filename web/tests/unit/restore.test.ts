// What one page leaves for the next in the same tab, and to whom it is shown.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Cache } from '../../src/client/cache.js';
import { UNKNOWN_NEXT } from '../../src/client/pages.js';
import { emptyState, type InboxState, newestFirst } from '../../src/client/state.js';
import {
  flushMicrotasks,
  ids,
  item,
  notificationFrame,
  page,
  stateOf,
  sync,
  uuid,
  welcome,
} from './support.js';
import { FakeStorage, SyncHarness, useStorage } from './sync-harness.js';

let storage = new FakeStorage();

beforeEach(() => {
  storage = new FakeStorage();
  useStorage(storage);
});

const cache = () => new Cache('/api', '/ws');
const key = () => {
  cache().save(stateOf([], { cursor: 'c' }));
  return [...storage.kept.keys()][0] ?? '';
};

function kept(state: InboxState): InboxState | null {
  cache().save(state);
  return cache().load();
}

/** A page that was reloaded while it showed these. */
function reloaded(state: InboxState): SyncHarness {
  cache().save(state);
  const harness = new SyncHarness();
  assert.equal(harness.session.restore(), true);
  harness.open();
  return harness;
}

test('a page resumes where the one before it stopped, without a list', () => {
  const before = stateOf([item(1), item(2)], { cursor: 'c-0' });
  const harness = reloaded(before);
  assert.deepEqual(harness.sentHellos, [{ type: 'hello', cursor: 'c-0' }]);
  assert.equal(harness.store.current.status, 'loading');
  assert.equal(harness.state.items.size, 0);
  harness.receive(welcome({ unread_count: 3 }));
  assert.equal(harness.store.current.status, 'ready');
  assert.equal(harness.state.items.size, 2);
  harness.receive(sync([notificationFrame(3)]));
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(3), uuid(2), uuid(1)]);
  assert.deepEqual([harness.state.unread, harness.state.cursor], [3, 'c-sync']);
  assert.deepEqual(harness.notified, [uuid(3)]);
  assert.deepEqual(harness.requests, []);
});

test('another user on the same browser is shown nothing of the one before', async () => {
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0', readWatermark: uuid(9) }));
  harness.list = page([item(2, { user: 'bruno' })]);
  harness.receive(welcome({ user: 'bruno', cursor: 'c-b' }));
  harness.receive(sync([], { recovered: false, cursor: 'c-c' }));
  await flushMicrotasks();
  assert.deepEqual([...harness.shown], [uuid(2)]);
  assert.deepEqual([harness.state.user, harness.state.readWatermark], ['bruno', null]);
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(2)]);
  assert.deepEqual(harness.notified, []);
  assert.equal(storage.kept.size, 0);
});

test('what comes before the welcome waits for it', async () => {
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0' }));
  harness.receive(notificationFrame(2), notificationFrame(1));
  assert.deepEqual(harness.notified, []);
  harness.receive(welcome({ unread_count: 2 }), sync([]));
  assert.deepEqual(harness.notified, [uuid(2)]);
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(2), uuid(1)]);
  await flushMicrotasks();
  assert.equal(harness.lists, 0);
  assert.equal(harness.state.unread, 42);
});

test('where no welcome comes, the list is loaded and what was kept is let go', async () => {
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0' }));
  harness.receive(notificationFrame(3));
  harness.list = page([item(3), item(2)]);
  harness.session.loadWithoutResume();
  await flushMicrotasks();
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(3), uuid(2)]);
  assert.equal(harness.state.cursor, null);
  harness.receive(welcome({ cursor: 'c-1' }), sync([notificationFrame(3)]));
  await flushMicrotasks();
  assert.equal(harness.state.cursor, 'c-1');
  assert.equal(harness.lists, 2);
  harness.session.loadWithoutResume();
  assert.equal(harness.lists, 2);
});

test('without a list there is nothing that a sync could complete', async () => {
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0' }));
  const letThrough = harness.holdLists();
  harness.session.loadWithoutResume();
  harness.receive(welcome({ cursor: 'c-1' }), sync([notificationFrame(3)]));
  assert.equal(harness.state.cursor, null);
  assert.deepEqual(harness.notified, []);
  letThrough();
  await flushMicrotasks();
  assert.equal(harness.state.cursor, 'c-1');
});

test('a page that is left before the welcome leaves what it found', () => {
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0' }));
  harness.session.save();
  assert.equal(cache().load()?.cursor, 'c-0');
});

test('nothing is kept without a cursor, and nothing after the end', () => {
  cache().save(stateOf([item(1)]));
  cache().save({ ...emptyState, cursor: 'c' });
  assert.equal(storage.kept.size, 0);
  const harness = reloaded(stateOf([item(1)], { cursor: 'c-0' }));
  harness.session.stop();
  assert.equal(storage.kept.size, 0);
});

test('what is kept reads back as it was, without what is hidden', () => {
  const marks = {
    readWatermark: uuid(1),
    seenWatermark: uuid(2),
    lists: { all: { next: '?cursor=x', floor: uuid(1) } },
  };
  const state = stateOf([item(1), item(2)], { cursor: 'c', cursorTime: 7, ...marks });
  assert.deepEqual(kept(state), state);
  const hidden = item(3, { archived_at: '2026-01-01T00:00:00.000Z', is_read: true });
  assert.deepEqual(kept(stateOf([item(2), hidden], { cursor: 'c' })), stateOf([item(2)], { cursor: 'c' }));
});

test('two inboxes of one page keep apart', () => {
  cache().save(stateOf([item(1)], { cursor: 'c' }));
  assert.equal(new Cache('/other', '/ws').load(), null);
});

test('of a long list the top is kept, and the list says how it goes on', async () => {
  const long = stateOf(
    Array.from({ length: 130 }, (_, n) => item(n)),
    { cursor: 'c-0' },
  );
  const top = kept(long);
  assert.deepEqual([top?.items.size, top?.lists.all], [100, { floor: uuid(30), next: UNKNOWN_NEXT }]);

  const harness = reloaded(long);
  harness.receive(welcome(), sync([notificationFrame(3, { changed: uuid(300) })]));
  assert.equal(newestFirst(harness.state).length, 100);
  assert.equal(harness.store.view.more, true);
  const results = newestFirst(harness.state);
  harness.list = page(results, { next: '?cursor=30' });
  await harness.loadMore();
  assert.deepEqual(harness.requests, ['list 100', '?cursor=30']);
});

test('a list whose end was cut off and that cannot be loaded says so', async () => {
  const harness = reloaded(
    stateOf([item(1)], { cursor: 'c-0', lists: { all: { next: UNKNOWN_NEXT, floor: uuid(1) } } }),
  );
  harness.receive(welcome(), sync([]));
  harness.list = new Error('down');
  await harness.loadMore();
  assert.deepEqual(harness.failed, ['loadMore']);
});

test('what is too large is not kept', () => {
  const huge = item(1, { message: 'x'.repeat(300_000) });
  assert.equal(kept(stateOf([huge], { cursor: 'c' })), null);
  assert.equal(storage.kept.size, 0);
});

test('whatever else lies in the storage is taken away', () => {
  const name = key();
  const good = storage.kept.get(name) ?? '';
  const with_ = (over: object) => JSON.stringify({ ...JSON.parse(good), ...over });
  const noise = [
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"user":"ana"',
    with_({ user: 7 }),
    with_({ cursor: null }),
    with_({ items: {} }),
    with_({ items: [null] }),
    with_({ items: [{ id: 'x' }] }),
  ];
  for (const text of noise) {
    storage.kept.set(name, text);
    assert.equal(cache().load(), null, text.slice(0, 80));
    assert.equal(storage.kept.size, 0);
  }
  storage.kept.set(name, good);
  assert.equal(cache().load()?.cursor, 'c');
});

test('a storage that is full, forbidden or missing keeps nothing and breaks nothing', () => {
  const fail = () => {
    throw new DOMException('no', 'QuotaExceededError');
  };
  const state = stateOf([item(1)], { cursor: 'c' });
  for (const broken of [
    { getItem: fail, setItem: fail, removeItem: fail },
    { getItem: () => null, setItem: fail, removeItem: () => {} },
    undefined,
  ]) {
    useStorage(broken);
    assert.equal(kept(state), null);
    cache().clear();
  }
});
