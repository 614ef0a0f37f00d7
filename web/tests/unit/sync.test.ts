// What a sync brings and how far it moves the cursor: rules 11, 12, 14 and 15 as the client has to keep them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { timeOf } from '../../src/client/clock.js';
import { isRead, newestFirst } from '../../src/client/state.js';
import { Desk, FakeStorage, hello, resuming, useStorage } from './desk.js';
import {
  ids,
  item,
  notificationFrame,
  page,
  settled,
  stateFrame,
  stateOf,
  sync,
  uuid,
  welcome,
} from './support.js';

beforeEach(() => useStorage(new FakeStorage()));
afterEach(() => mock.reset());

test('with a cursor, what changed is merged, counted by the welcome, and no list is asked for', () => {
  const desk = resuming(1, 2, 3);
  assert.deepEqual(desk.said, [hello('c-0')]);
  desk.hear(welcome({ cursor: 'c-1', unread_count: 2, unseen_count: 1 }));
  assert.equal(desk.state.cursor, 'c-0');
  desk.hear(
    sync([
      notificationFrame(1, { is_read: true, changed: uuid(5), read_at: '2026-01-01T00:00:01.000Z' }),
      stateFrame(2, 6, { deleted: true }),
      notificationFrame(3, { is_read: true, changed: uuid(7), archived_at: '2026-01-01T00:00:02.000Z' }),
      notificationFrame(4),
      notificationFrame(8),
    ]),
  );
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(8), uuid(4), uuid(1)]);
  assert.equal(desk.state.items.get(uuid(1))?.read_at, '2026-01-01T00:00:01.000Z');
  assert.deepEqual([desk.state.unread, desk.state.unseen], [2, 1]);
  assert.equal(desk.state.cursor, 'c-sync');
  assert.deepEqual(desk.requests, []);
});

test('what came while away rings once: unread, and newer than anything known', () => {
  const desk = resuming(3);
  const changes = [
    notificationFrame(2, { changed: uuid(9) }),
    notificationFrame(4),
    notificationFrame(5, { is_read: true, changed: uuid(8) }),
    notificationFrame(6),
  ];
  desk.hear(welcome({ read_watermark: uuid(6) }), sync(changes), sync(changes));
  assert.deepEqual(desk.rang, []);
  const other = resuming(3);
  other.hear(welcome(), notificationFrame(7), sync(changes, { more: true }), sync(changes));
  other.greet();
  other.hear(welcome(), sync(changes), notificationFrame(6));
  assert.deepEqual(other.rang, [uuid(7), uuid(4), uuid(6)]);
});

test('only the last part of a sync moves the cursor', () => {
  const desk = resuming(1);
  desk.hear(welcome(), sync([notificationFrame(2)], { more: true, cursor: 'c-9' }));
  assert.equal(desk.state.cursor, 'c-0');
  assert.deepEqual(desk.answered, [false, false]);
  desk.hear(sync([notificationFrame(3)], { more: false, cursor: 'c-9' }));
  assert.equal(desk.state.cursor, 'c-9');
  assert.deepEqual(desk.answered, [false, false, true]);
  assert.equal(desk.state.items.size, 3);
});

test('a sync that breaks off is asked for again from where it began', () => {
  const desk = resuming(1);
  desk.hear(welcome(), sync([notificationFrame(2)], { more: true }));
  desk.open();
  assert.deepEqual(desk.said[1], hello('c-0'));
  desk.hear(welcome(), sync([notificationFrame(2), notificationFrame(3)], { cursor: 'c-2' }));
  assert.equal(desk.state.cursor, 'c-2');
  assert.deepEqual(desk.rang, [uuid(2), uuid(3)]);
});

test('no live frame moves the cursor', () => {
  const desk = resuming(1);
  desk.hear(welcome(), sync([], { cursor: 'c-1' }));
  desk.hear(
    notificationFrame(2),
    { ...notificationFrame(2, { changed: uuid(3) }), type: 'notification_updated' },
    stateFrame(2, 4),
    { type: 'read_all', up_to: uuid(5) },
    { type: 'seen_all', up_to: uuid(5) },
  );
  assert.equal(desk.state.cursor, 'c-1');
});

test('a sync older than what a live frame told changes nothing', () => {
  const desk = resuming(1);
  desk.hear(
    stateFrame(1, 9),
    welcome(),
    sync([notificationFrame(1, { changed: uuid(2) }), notificationFrame(1)]),
  );
  const known = desk.state.items.get(uuid(1));
  assert.deepEqual([known?.is_read, known?.changed], [true, uuid(9)]);
});

test('watermarks only go forward, and read what they cover', () => {
  const desk = resuming(1, 4);
  desk.hear(welcome({ read_watermark: uuid(2), seen_watermark: uuid(3) }), sync([]));
  desk.greet();
  desk.hear(welcome({ read_watermark: uuid(1), seen_watermark: null }), sync([]));
  assert.deepEqual([desk.state.readWatermark, desk.state.seenWatermark], [uuid(2), uuid(3)]);
  assert.equal(isRead(item(1), desk.state.readWatermark), true);
});

test('counts that live frames may have overtaken are asked for', async () => {
  const desk = resuming(1);
  desk.hear(notificationFrame(2, { unread_count: 2 }), welcome({ unread_count: 1 }));
  assert.equal(desk.state.unread, 2);
  await settled();
  assert.deepEqual(desk.requests, ['count']);
  assert.deepEqual([desk.state.unread, desk.state.unseen], [42, 41]);
});

test('what lies below the loaded part is not added', () => {
  const desk = new Desk();
  const state = stateOf([item(5), item(6)], {
    cursor: 'c-0',
    lists: { all: { floor: uuid(5), next: '?cursor=5' } },
  });
  desk.store.set({ state, status: 'ready' });
  desk.open();
  desk.hear(
    welcome({ unread_count: 4 }),
    sync([notificationFrame(2, { changed: uuid(9) }), notificationFrame(7)]),
  );
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(7), uuid(6), uuid(5)]);
  assert.equal(desk.state.unread, 4);
  assert.deepEqual(desk.rang, [uuid(7)]);
});

test('what was not recovered is replaced by the list, then hello is said with that cursor', async () => {
  const desk = resuming(1, 2);
  desk.list = page([item(3), item(2, { is_read: true, changed: uuid(4) })], { unread_count: 1 });
  desk.hear(welcome(), sync([], { recovered: false, cursor: 'c-7' }));
  assert.equal(desk.state.cursor, 'c-0');
  await settled();
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(3), uuid(2)]);
  assert.deepEqual(desk.said, [hello('c-0'), hello('c-7')]);
  assert.deepEqual(desk.rang, [uuid(3)]);
  assert.deepEqual(desk.answered, [false, true]);
});

test('what was not recovered, and whose list fails, stays where it was', async () => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  const desk = resuming(1);
  desk.list = new Error('down');
  desk.hear(welcome(), sync([], { recovered: false, cursor: 'c-7' }));
  await settled();
  assert.equal(desk.state.cursor, 'c-0');
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(1)]);
  desk.list = page([item(2)]);
  mock.timers.tick(2_000);
  await settled();
  assert.deepEqual(desk.said[1], hello('c-7'));
});

test('a server that never recovers anything is not asked without end', async () => {
  const desk = resuming(1);
  for (const cursor of ['c-1', 'c-2', 'c-3']) {
    desk.hear(welcome(), sync([], { recovered: false, cursor }));
    await settled();
    assert.equal(desk.state.cursor, cursor);
  }
  assert.deepEqual(desk.said, [hello('c-0'), hello('c-1')]);
  desk.greet();
  desk.hear(welcome(), sync([]));
  desk.hear(sync([], { recovered: false, cursor: 'c-4' }));
  await settled();
  assert.deepEqual(desk.said.slice(2), [hello('c-3'), hello('c-4')]);
});

test('a frame from long before the cursor does not bring back what was deleted', () => {
  const desk = new Desk();
  const state = stateOf([item(0xffff)], { cursor: 'c-0' });
  desk.store.set({ state, status: 'ready' });
  desk.open();
  desk.hear(notificationFrame(1));
  assert.deepEqual(desk.rang, [uuid(1)]);
  desk.hear(welcome(), sync([stateFrame(1, 2, { deleted: true })]));
  assert.ok(desk.state.taken >= timeOf(uuid(0xffff)));
  desk.hear(notificationFrame(2));
  assert.deepEqual(desk.rang, [uuid(1)]);
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(0xffff)]);
});

test('how old a cursor is follows from what had arrived before it was asked for', () => {
  const desk = resuming(1);
  const since = (n: number) => desk.state.taken - timeOf(uuid(n));
  desk.hear(welcome(), sync([]));
  assert.ok(since(1) >= 0 && since(1) < 5_000);
  desk.hear(stateFrame(2, 0xfff0, { deleted: true }));
  desk.greet();
  desk.hear(welcome(), notificationFrame(0xffff), sync([]));
  assert.ok(since(0xfff0) >= 0 && since(0xfff0) < 5_000);
});
