// Hello, welcome and whose inbox it is: rules 14 and 15 as the client has to keep them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { newestFirst } from '../../src/client/state.js';
import { flushMicrotasks, ids, item, page, stateFrame, sync, uuid, welcome } from './support.js';
import { FakeStorage, helloFrame, resumingHarness, SyncHarness, useStorage } from './sync-harness.js';

beforeEach(() => useStorage(new FakeStorage()));
afterEach(() => mock.reset());

test('a first visit says hello without a cursor, and its cursor counts once the list read after it is here', async () => {
  const harness = new SyncHarness();
  const letThrough = harness.holdLists();
  harness.list = page([item(1)]);
  harness.open();
  assert.deepEqual(harness.sentHellos, [helloFrame(null)]);
  harness.receive(welcome({ cursor: 'c-1' }));
  assert.equal(harness.state.cursor, null);
  harness.sendHello();
  assert.deepEqual(harness.sentHellos[1], helloFrame(null));
  letThrough();
  await flushMicrotasks();
  assert.equal(harness.state.cursor, 'c-1');
  assert.equal(harness.lists, 1);
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(1)]);
  assert.equal(harness.store.current.status, 'ready');
});

test('a list that was asked for before the welcome does not make its cursor count', async () => {
  const harness = new SyncHarness();
  const letThrough = harness.holdLists();
  harness.open();
  void harness.session.load();
  harness.receive(welcome({ cursor: 'c-1' }));
  harness.list = new Error('down');
  letThrough();
  await flushMicrotasks();
  harness.session.stop();
  assert.equal(harness.lists, 2);
  assert.equal(harness.state.cursor, null);
});

test('a list that cannot be loaded is asked for again, and only then the cursor counts', async () => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  const harness = new SyncHarness();
  harness.list = new Error('down');
  harness.open();
  harness.receive(welcome({ cursor: 'c-1' }));
  await flushMicrotasks();
  assert.equal(harness.state.cursor, null);
  assert.equal(harness.store.current.status, 'error');
  harness.list = page([item(1)]);
  mock.timers.tick(2_000);
  await flushMicrotasks();
  assert.equal(harness.state.cursor, 'c-1');
  assert.equal(harness.store.current.status, 'ready');
});

test('a state of something unknown makes the client fetch it', async () => {
  const harness = resumingHarness(1);
  harness.one = item(2, { is_read: true, changed: uuid(5) });
  harness.receive(stateFrame(2, 5));
  await flushMicrotasks();
  assert.deepEqual(harness.requests, [uuid(2)]);
  assert.equal(harness.state.items.get(uuid(2))?.is_read, true);
  harness.receive(stateFrame(9, 10, { deleted: true }));
  await flushMicrotasks();
  assert.deepEqual(harness.requests, [uuid(2)]);
});

test('another user than before: nothing is left, and the list is loaded anew', async () => {
  const harness = resumingHarness(1, 2);
  harness.list = page([item(3, { user: 'bruno' })]);
  harness.session.save();
  harness.receive(welcome({ user: 'bruno', cursor: 'c-b', unread_count: 1 }));
  assert.equal(harness.store.current.status, 'loading');
  assert.equal(harness.state.items.size, 0);
  assert.equal(harness.cache.load(), null);
  harness.receive(sync([], { recovered: false, cursor: 'c-c' }));
  await flushMicrotasks();
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(3)]);
  assert.deepEqual([harness.state.user, harness.state.cursor], ['bruno', 'c-c']);
  assert.deepEqual(harness.notified, []);
});

test('an answer that one user asked for is not shown to the next', async () => {
  const harness = resumingHarness(1);
  const letThrough = harness.holdLists();
  harness.list = page([item(2)]);
  void harness.session.load();
  harness.list = page([item(3, { user: 'bruno' })]);
  harness.receive(welcome({ user: 'bruno' }));
  letThrough();
  await flushMicrotasks();
  assert.deepEqual(ids(newestFirst(harness.state)), [uuid(3)]);
  assert.deepEqual([...harness.shown], [uuid(1), uuid(3)]);
  assert.deepEqual(harness.reconnects, []);
});

test('a list of another user than the line: the line is opened anew, once', async () => {
  const harness = resumingHarness(1);
  harness.list = page([item(3, { user: 'bruno' })]);
  await harness.session.load();
  assert.deepEqual(harness.reconnects, [0]);
  assert.equal(harness.state.cursor, null);
  harness.list = page([item(1)]);
  await harness.session.load();
  assert.deepEqual(harness.reconnects, [0]);
});

test("a cursor never comes to count with another user's list", async () => {
  const harness = new SyncHarness();
  harness.open();
  harness.list = page([item(3, { user: 'bruno' })]);
  harness.receive(welcome({ cursor: 'c-ana' }));
  await flushMicrotasks();
  await harness.session.load();
  assert.deepEqual([harness.state.user, harness.state.cursor], ['bruno', null]);
});

test('a hello that failed is said again the next time, and the list is loaded meanwhile', async () => {
  const harness = resumingHarness(1);
  harness.receive({ type: 'error', code: 'unavailable' });
  await flushMicrotasks();
  assert.equal(harness.lists, 1);
  harness.sendHello();
  assert.deepEqual(harness.sentHellos[1], helloFrame('c-0'));
});

test("being sent away is obeyed, and the pace is the server's", () => {
  const harness = resumingHarness(1);
  harness.receive(
    welcome({ ping_interval_s: 30, reconnect: { min_ms: 200, max_ms: 9_000 }, max_age_s: 600 }),
  );
  assert.deepEqual(harness.timings, { minMs: 200, maxMs: 9_000, heartbeatMs: 30_000, maxAgeMs: 600_000 });
  harness.receive({ type: 'reconnect', after_ms: 1_500 });
  assert.deepEqual(harness.reconnects, [1_500]);
});
