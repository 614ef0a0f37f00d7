// What a sync brings and how far it moves the cursor: rules 11, 12, 14 and 15 as the client has to keep them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { timeOfId } from '../../src/client/clock.js';
import { isRead, newestFirst } from '../../src/client/state.js';
import {
  flushMicrotasks,
  ids,
  item,
  notificationFrame,
  page,
  stateFrame,
  stateOf,
  sync,
  uuid,
  welcome,
} from './support.js';
import { FakeStorage, helloFrame, resumingHarness, SyncHarness, useStorage } from './sync-harness.js';

beforeEach(() => useStorage(new FakeStorage()));
afterEach(() => mock.reset());

test('with a cursor, what changed is merged, counted by the welcome, and no list is asked for', () => {
  const harness = resumingHarness(1, 2, 3);
  assert.deepEqual(harness.sentHellos, [helloFrame('c-0')]);
  harness.receive(welcome({ cursor: 'c-1', unread_count: 2, unseen_count: 1 }));
  assert.equal(harness.state.cursor, 'c-0');
  harness.receive(
    sync([
      notificationFrame(1, { is_read: true, changed: uuid(5), read_at: '2026-01-01T00:00:01.000Z' }),
      stateFrame(2, 6, { deleted: true }),
      notificationFrame(3, { is_read: true, changed: uuid(7), archived_at: '2026-01-01T00:00:02.000Z' }),
      notificationFrame(4),
      notificationFrame(8),
    ]),
  );
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(8), uuid(4), uuid(1)]);
  assert.equal(harness.state.items.get(uuid(1))?.read_at, '2026-01-01T00:00:01.000Z');
  assert.deepEqual([harness.state.unread, harness.state.unseen], [2, 1]);
  assert.equal(harness.state.cursor, 'c-sync');
  assert.deepEqual(harness.requests, []);
});

test('what came while away rings once: unread, and newer than anything known', () => {
  const harness = resumingHarness(3);
  const changes = [
    notificationFrame(2, { changed: uuid(9) }),
    notificationFrame(4),
    notificationFrame(5, { is_read: true, changed: uuid(8) }),
    notificationFrame(6),
  ];
  harness.receive(welcome({ read_watermark: uuid(6) }), sync(changes), sync(changes));
  assert.deepEqual(harness.notified, []);
  const other = resumingHarness(3);
  other.receive(welcome(), notificationFrame(7), sync(changes, { more: true }), sync(changes));
  other.sendHello();
  other.receive(welcome(), sync(changes), notificationFrame(6));
  assert.deepEqual(other.notified, [uuid(7), uuid(4), uuid(6)]);
});

test('only the last part of a sync moves the cursor', () => {
  const harness = resumingHarness(1);
  harness.receive(welcome(), sync([notificationFrame(2)], { more: true, cursor: 'c-9' }));
  assert.equal(harness.state.cursor, 'c-0');
  assert.deepEqual(harness.replies, [false, false]);
  harness.receive(sync([notificationFrame(3)], { more: false, cursor: 'c-9' }));
  assert.equal(harness.state.cursor, 'c-9');
  assert.deepEqual(harness.replies, [false, false, true]);
  assert.equal(harness.state.items.size, 3);
});

test('a sync that breaks off is asked for again from where it began', () => {
  const harness = resumingHarness(1);
  harness.receive(welcome(), sync([notificationFrame(2)], { more: true }));
  harness.open();
  assert.deepEqual(harness.sentHellos[1], helloFrame('c-0'));
  harness.receive(welcome(), sync([notificationFrame(2), notificationFrame(3)], { cursor: 'c-2' }));
  assert.equal(harness.state.cursor, 'c-2');
  assert.deepEqual(harness.notified, [uuid(2), uuid(3)]);
});

test('no live frame moves the cursor', () => {
  const harness = resumingHarness(1);
  harness.receive(welcome(), sync([], { cursor: 'c-1' }));
  harness.receive(
    notificationFrame(2),
    { ...notificationFrame(2, { changed: uuid(3) }), type: 'notification_updated' },
    stateFrame(2, 4),
    { type: 'read_all', up_to: uuid(5) },
    { type: 'seen_all', up_to: uuid(5) },
  );
  assert.equal(harness.state.cursor, 'c-1');
});

test('a sync older than what a live frame told changes nothing', () => {
  const harness = resumingHarness(1);
  harness.receive(
    stateFrame(1, 9),
    welcome(),
    sync([notificationFrame(1, { changed: uuid(2) }), notificationFrame(1)]),
  );
  const known = harness.state.items.get(uuid(1));
  assert.deepEqual([known?.is_read, known?.changed], [true, uuid(9)]);
});

test('watermarks only go forward, and read what they cover', () => {
  const harness = resumingHarness(1, 4);
  harness.receive(welcome({ read_watermark: uuid(2), seen_watermark: uuid(3) }), sync([]));
  harness.sendHello();
  harness.receive(welcome({ read_watermark: uuid(1), seen_watermark: null }), sync([]));
  assert.deepEqual([harness.state.readWatermark, harness.state.seenWatermark], [uuid(2), uuid(3)]);
  assert.equal(isRead(item(1), harness.state.readWatermark), true);
});

test('counts that live frames may have overtaken are asked for', async () => {
  const harness = resumingHarness(1);
  harness.receive(notificationFrame(2, { unread_count: 2 }), welcome({ unread_count: 1 }));
  assert.equal(harness.state.unread, 2);
  await flushMicrotasks();
  assert.deepEqual(harness.requests, ['count']);
  assert.deepEqual([harness.state.unread, harness.state.unseen], [42, 41]);
});

test('what lies below the loaded part is not added', () => {
  const harness = new SyncHarness();
  const state = stateOf([item(5), item(6)], {
    cursor: 'c-0',
    lists: { all: { floor: uuid(5), next: '?cursor=5' } },
  });
  harness.store.set({ state, status: 'ready' });
  harness.open();
  harness.receive(
    welcome({ unread_count: 4 }),
    sync([notificationFrame(2, { changed: uuid(9) }), notificationFrame(7)]),
  );
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(7), uuid(6), uuid(5)]);
  assert.equal(harness.state.unread, 4);
  assert.deepEqual(harness.notified, [uuid(7)]);
});

test('what was not recovered is replaced by the list, then hello is said with that cursor', async () => {
  const harness = resumingHarness(1, 2);
  harness.list = page([item(3), item(2, { is_read: true, changed: uuid(4) })], { unread_count: 1 });
  harness.receive(welcome(), sync([], { recovered: false, cursor: 'c-7' }));
  assert.equal(harness.state.cursor, 'c-0');
  await flushMicrotasks();
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(3), uuid(2)]);
  assert.deepEqual(harness.sentHellos, [helloFrame('c-0'), helloFrame('c-7')]);
  assert.deepEqual(harness.notified, [uuid(3)]);
  assert.deepEqual(harness.replies, [false, true]);
});

test('what was not recovered, and whose list fails, stays where it was', async () => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  const harness = resumingHarness(1);
  harness.list = new Error('down');
  harness.receive(welcome(), sync([], { recovered: false, cursor: 'c-7' }));
  await flushMicrotasks();
  assert.equal(harness.state.cursor, 'c-0');
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(1)]);
  harness.list = page([item(2)]);
  mock.timers.tick(2_000);
  await flushMicrotasks();
  assert.deepEqual(harness.sentHellos[1], helloFrame('c-7'));
});

test('a server that never recovers anything is not asked without end', async () => {
  const harness = resumingHarness(1);
  for (const cursor of ['c-1', 'c-2', 'c-3']) {
    harness.receive(welcome(), sync([], { recovered: false, cursor }));
    await flushMicrotasks();
    assert.equal(harness.state.cursor, cursor);
  }
  assert.deepEqual(harness.sentHellos, [helloFrame('c-0'), helloFrame('c-1')]);
  harness.sendHello();
  harness.receive(welcome(), sync([]));
  harness.receive(sync([], { recovered: false, cursor: 'c-4' }));
  await flushMicrotasks();
  assert.deepEqual(harness.sentHellos.slice(2), [helloFrame('c-3'), helloFrame('c-4')]);
});

test('a frame from long before the cursor does not bring back what was deleted', () => {
  const harness = new SyncHarness();
  const state = stateOf([item(0xffff)], { cursor: 'c-0' });
  harness.store.set({ state, status: 'ready' });
  harness.open();
  harness.receive(notificationFrame(1));
  assert.deepEqual(harness.notified, [uuid(1)]);
  harness.receive(welcome(), sync([stateFrame(1, 2, { deleted: true })]));
  assert.ok(harness.state.cursorTime >= timeOfId(uuid(0xffff)));
  harness.receive(notificationFrame(2));
  assert.deepEqual(harness.notified, [uuid(1)]);
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(0xffff)]);
});

test('how old a cursor is follows from what had arrived before it was asked for', () => {
  const harness = resumingHarness(1);
  const since = (n: number) => harness.state.cursorTime - timeOfId(uuid(n));
  harness.receive(welcome(), sync([]));
  assert.ok(since(1) >= 0 && since(1) < 5_000);
  harness.receive(stateFrame(2, 0xfff0, { deleted: true }));
  harness.sendHello();
  harness.receive(welcome(), notificationFrame(0xffff), sync([]));
  assert.ok(since(0xfff0) >= 0 && since(0xfff0) < 5_000);
});
