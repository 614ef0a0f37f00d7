// Tabs share with those of the same user and session, and with nobody else.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeWebSocket, newest } from './fake-socket.js';
import { flushMicrotasks, notificationFrame, uuid } from './support.js';
import { acceptNewest, browser, helloCursors, openFakeBrowser, Tab } from './tab-harness.js';

const push = notificationFrame(9);

beforeEach(openFakeBrowser);
afterEach(() => mock.reset());

test('tabs of another user, or of another server, have their own', async () => {
  const anas = await new Tab().start();
  const hers = await acceptNewest();
  browser.session = 'bruno';
  const brunos = await new Tab(null, 'bruno').start();
  const his = await acceptNewest();
  const elsewhere = await new Tab(null, 'ana', { name: 'other' }).start();
  assert.equal(FakeWebSocket.all.length, 3);
  hers.receive(push);
  his.receive({ type: 'read_all', up_to: uuid(1) });
  await flushMicrotasks();
  assert.deepEqual(anas.received, ['welcome', 'notification']);
  assert.deepEqual(brunos.received, ['welcome', 'read_all']);
  assert.deepEqual(elsewhere.received, []);
});

test('a tab that shows what an earlier user has left is not let in', async () => {
  await new Tab().start();
  const hers = await acceptNewest();
  browser.session = 'bruno';
  const late = await new Tab('c-ana', 'ana').start();
  hers.receive(push);
  await flushMicrotasks();
  assert.deepEqual([late.received, late.opened, late.sessionChanges], [[], 0, 1]);
  assert.deepEqual(helloCursors(hers), [null]);
  late.user = null;
  mock.timers.tick(1_000);
  await flushMicrotasks();
  assert.equal(FakeWebSocket.all.length, 2);
  assert.equal(late.connection.isLeader, true);
});

test('a line that turns out to be of another user is never told to others, and its tab moves', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const second = await new Tab().start();
  browser.session = 'bruno';
  newest().close();
  mock.timers.tick(1_000);
  await flushMicrotasks();
  const socket = newest();
  await acceptNewest('bruno');
  socket.receive(push);
  await flushMicrotasks();
  assert.deepEqual(second.received, []);
  assert.equal(first.user, 'bruno');
  assert.equal(second.user, 'ana');
});

test('the end of a session makes all tabs ask for themselves', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const second = await new Tab().start();
  const stranger = await new Tab(null, 'bruno').start();
  first.connection.stop(true);
  await flushMicrotasks();
  assert.deepEqual([first.sessionChanges, second.sessionChanges, stranger.sessionChanges], [0, 1, 0]);
});
