// Hello, welcome and whose inbox it is: rules 14 and 15 as the client has to keep them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { newestFirst } from '../../src/client/state.js';
import { Desk, FakeStorage, hello, resuming, useStorage } from './desk.js';
import { ids, item, page, settled, stateFrame, sync, uuid, welcome } from './support.js';

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

test('a hello that failed is said again the next time, and the list is loaded meanwhile', async () => {
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
