// Tabs share with those of the same user and session, and with nobody else.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeWebSocket, newest } from './fake-socket.js';
import { begin, browser, greeted, hellos, Tab } from './shared.js';
import { notificationFrame, settled, uuid } from './support.js';

const push = notificationFrame(9);

beforeEach(begin);
afterEach(() => mock.reset());

test('tabs of another user, or of another server, have their own', async () => {
  const anas = await new Tab().start();
  const hers = await greeted();
  browser.session = 'bruno';
  const brunos = await new Tab(null, 'bruno').start();
  const his = await greeted();
  const elsewhere = await new Tab(null, 'ana', { name: 'other' }).start();
  assert.equal(FakeWebSocket.all.length, 3);
  hers.say(push);
  his.say({ type: 'read_all', up_to: uuid(1) });
  await settled();
  assert.deepEqual(anas.heard, ['welcome', 'notification']);
  assert.deepEqual(brunos.heard, ['welcome', 'read_all']);
  assert.deepEqual(elsewhere.heard, []);
});

test('a tab that shows what an earlier user has left is not let in', async () => {
  await new Tab().start();
  const hers = await greeted();
  browser.session = 'bruno';
  const late = await new Tab('c-ana', 'ana').start();
  hers.say(push);
  await settled();
  assert.deepEqual([late.heard, late.opened, late.doubts], [[], 0, 1]);
  assert.deepEqual(hellos(hers), [null]);
  late.user = null;
  mock.timers.tick(1_000);
  await settled();
  assert.equal(FakeWebSocket.all.length, 2);
  assert.equal(late.shared.leads, true);
});

test('a line that turns out to be of another user is never told to others, and its tab moves', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  browser.session = 'bruno';
  newest().close();
  mock.timers.tick(1_000);
  await settled();
  const socket = newest();
  await greeted('bruno');
  socket.say(push);
  await settled();
  assert.deepEqual(second.heard, []);
  assert.equal(first.user, 'bruno');
  assert.equal(second.user, 'ana');
});

test('the end of a session makes all tabs ask for themselves', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  const stranger = await new Tab(null, 'bruno').start();
  first.shared.stop(true);
  await settled();
  assert.deepEqual([first.doubts, second.doubts, stranger.doubts], [0, 1, 0]);
});
