// Hello and its answers: rules 12 to 15 as the client has to keep them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { timeOf } from '../../src/client/clock.js';
import { isRead, newestFirst } from '../../src/client/state.js';
import { Desk, FakeStorage, useStorage } from './desk.js';
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

const hello = (cursor: string | null) => ({ type: 'hello', cursor });

/** A client that has shown these and would resume from `c-0`. */
function resuming(...numbers: number[]): Desk {
  const desk = new Desk();
  const state = stateOf(
    numbers.map((n) => item(n)),
    { cursor: 'c-0' },
  );
  desk.store.set({ state, status: 'ready' });
  desk.open();
  return desk;
}

beforeEach(() => useStorage(new FakeStorage()));
afterEach(() => mock.reset());

test('a first visit says hello without a cursor, and its cursor counts once the list read after it is here', async () => {
  const desk = new Desk();
  const letThrough = desk.hold();
  desk.list = page([item(1)]);
  desk.open();
  assert.deepEqual(desk.said, [hello(null)]);
  desk.hear(welcome({ cursor: 'c-1' }));
  assert.equal(desk.state.cursor, null);
  desk.greet();
  assert.deepEqual(desk.said[1], hello(null));
  letThrough();
  await settled();
  assert.equal(desk.state.cursor, 'c-1');
  assert.equal(desk.lists, 1);
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(1)]);
  assert.equal(desk.store.known.status, 'ready');
});

test('a list that was asked for before the welcome does not make its cursor count', async () => {
  const desk = new Desk();
  const letThrough = desk.hold();
  desk.open();
  void desk.dialogue.load();
  desk.hear(welcome({ cursor: 'c-1' }));
  desk.list = new Error('down');
  letThrough();
  await settled();
  desk.dialogue.stop();
  assert.equal(desk.lists, 2);
  assert.equal(desk.state.cursor, null);
});

test('a list that cannot be loaded is asked for again, and only then the cursor counts', async () => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  const desk = new Desk();
  desk.list = new Error('down');
  desk.open();
  desk.hear(welcome({ cursor: 'c-1' }));
  await settled();
  assert.equal(desk.state.cursor, null);
  assert.equal(desk.store.known.status, 'error');
  desk.list = page([item(1)]);
  mock.timers.tick(2_000);
  await settled();
  assert.equal(desk.state.cursor, 'c-1');
  assert.equal(desk.store.known.status, 'ready');
});

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
  const state = stateOf([item(5), item(6)], { cursor: 'c-0', floor: uuid(5), next: '?cursor=5' });
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

test('a state of something unknown makes the client fetch it', async () => {
  const desk = resuming(1);
  desk.one = item(2, { is_read: true, changed: uuid(5) });
  desk.hear(stateFrame(2, 5));
  await settled();
  assert.deepEqual(desk.requests, [uuid(2)]);
  assert.equal(desk.state.items.get(uuid(2))?.is_read, true);
  desk.hear(stateFrame(9, 10, { deleted: true }));
  await settled();
  assert.deepEqual(desk.requests, [uuid(2)]);
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

test('another user than before: nothing is left, and the list is loaded anew', async () => {
  const desk = resuming(1, 2);
  desk.list = page([item(3, { user: 'bruno' })]);
  desk.dialogue.keep();
  desk.hear(welcome({ user: 'bruno', cursor: 'c-b', unread_count: 1 }));
  assert.equal(desk.store.known.status, 'loading');
  assert.equal(desk.state.items.size, 0);
  assert.equal(desk.cache.load(), null);
  desk.hear(sync([], { recovered: false, cursor: 'c-c' }));
  await settled();
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(3)]);
  assert.deepEqual([desk.state.user, desk.state.cursor], ['bruno', 'c-c']);
  assert.deepEqual(desk.rang, []);
});

test('an answer that one user asked for is not shown to the next', async () => {
  const desk = resuming(1);
  const letThrough = desk.hold();
  desk.list = page([item(2)]);
  void desk.dialogue.load();
  desk.list = page([item(3, { user: 'bruno' })]);
  desk.hear(welcome({ user: 'bruno' }));
  letThrough();
  await settled();
  assert.deepEqual(ids(newestFirst(desk.state)), [uuid(3)]);
  assert.deepEqual([...desk.shown], [uuid(1), uuid(3)]);
  assert.deepEqual(desk.left, []);
});

test('a list of another user than the line: the line is opened anew, once', async () => {
  const desk = resuming(1);
  desk.list = page([item(3, { user: 'bruno' })]);
  await desk.dialogue.load();
  assert.deepEqual(desk.left, [0]);
  assert.equal(desk.state.cursor, null);
  desk.list = page([item(1)]);
  await desk.dialogue.load();
  assert.deepEqual(desk.left, [0]);
});

test("a cursor never comes to count with another user's list", async () => {
  const desk = new Desk();
  desk.open();
  desk.list = page([item(3, { user: 'bruno' })]);
  desk.hear(welcome({ cursor: 'c-ana' }));
  await settled();
  await desk.dialogue.load();
  assert.deepEqual([desk.state.user, desk.state.cursor], ['bruno', null]);
});

test('a server that does not know hello gets a reload and pings, until the next line', async () => {
  const desk = resuming(1);
  desk.list = page([item(2), item(1)]);
  desk.hear({ type: 'error', code: 'unknown_type' });
  await settled();
  assert.equal(desk.lists, 1);
  assert.deepEqual(desk.rang, [uuid(2)]);
  desk.greet();
  assert.deepEqual(desk.said[1], { type: 'ping' });
  desk.hear({ type: 'pong' }, { type: 'error', code: 'unknown_type' });
  await settled();
  assert.equal(desk.lists, 1);
  assert.deepEqual(desk.answered, [true, true, true]);
  desk.open();
  assert.deepEqual(desk.said[2], hello('c-0'));
});

test('a hello that failed for another reason is said again the next time', async () => {
  const desk = resuming(1);
  desk.hear({ type: 'error', code: 'unavailable' });
  await settled();
  assert.equal(desk.lists, 1);
  desk.greet();
  assert.deepEqual(desk.said[1], hello('c-0'));
});

test("being sent away is obeyed, and the pace is the server's", () => {
  const desk = resuming(1);
  desk.hear(welcome({ ping_interval_s: 30, reconnect: { min_ms: 200, max_ms: 9_000 }, max_age_s: 600 }));
  assert.deepEqual(desk.pace, { minMs: 200, maxMs: 9_000, helloMs: 30_000, maxAgeMs: 600_000 });
  desk.hear({ type: 'reconnect', after_ms: 1_500 });
  assert.deepEqual(desk.left, [1_500]);
});
