// One socket for all tabs: who opens it, who is told what, and who takes it over.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeChannel } from './fake-browser.js';
import { FakeWebSocket, newest } from './fake-socket.js';
import { flushMicrotasks, notificationFrame, sync, uuid, welcome } from './support.js';
import { acceptNewest, browser, helloCursors, openFakeBrowser, openSockets, Tab } from './tab-harness.js';

const push = notificationFrame(9);

beforeEach(openFakeBrowser);
afterEach(() => mock.reset());

test('a tab that is alone has the socket, and nobody is asked who it is', async () => {
  const tab = await new Tab().start();
  assert.equal(FakeWebSocket.all.length, 1);
  await acceptNewest();
  assert.deepEqual([tab.received, tab.opened, tab.connection.isLeader], [['welcome'], 1, true]);
  assert.equal(browser.whoAmICalls, 0);
  tab.connection.stop(false);
});

test('a second tab says hello over the socket of the first, with its own cursor, and alone hears the answer', async () => {
  const first = await new Tab().start();
  const socket = await acceptNewest();
  const second = await new Tab('c-2').start();
  assert.equal(FakeWebSocket.all.length, 1);
  assert.deepEqual(helloCursors(socket), [null, 'c-2']);
  socket.receive(welcome());
  socket.receive(sync([], { more: true }));
  socket.receive(sync([]));
  await flushMicrotasks();
  assert.deepEqual(first.received, ['welcome']);
  assert.deepEqual(second.received, ['welcome', 'sync', 'sync']);
  assert.deepEqual([second.opened, second.connection.isLeader, browser.whoAmICalls], [1, false, 1]);
});

test('what the server says by itself is heard in every tab', async () => {
  const tabs = [await new Tab().start()];
  const socket = await acceptNewest();
  tabs.push(await new Tab().start(), await new Tab().start());
  socket.receive(push);
  socket.receive({ type: 'read_all', up_to: uuid(1) });
  await flushMicrotasks();
  for (const { received } of tabs)
    assert.deepEqual(
      received.filter((type) => type !== 'welcome'),
      ['notification', 'read_all'],
    );
});

test('hellos wait for each other, and each answer finds its tab', async () => {
  const first = await new Tab('c-1').start();
  newest().open();
  const socket = newest();
  const [second, third] = [await new Tab('c-2').start(), await new Tab(null).start()];
  assert.deepEqual(helloCursors(socket), ['c-1']);
  socket.receive(welcome());
  socket.receive(sync([]));
  await flushMicrotasks();
  assert.deepEqual(helloCursors(socket), ['c-1', 'c-2']);
  socket.receive(welcome());
  await flushMicrotasks();
  assert.deepEqual(helloCursors(socket), ['c-1', 'c-2']);
  socket.receive(sync([]));
  await flushMicrotasks();
  assert.deepEqual(helloCursors(socket), ['c-1', 'c-2', null]);
  socket.receive(welcome());
  socket.receive(push);
  await flushMicrotasks();
  assert.deepEqual(first.received, ['welcome', 'sync', 'notification']);
  assert.deepEqual(second.received, ['welcome', 'sync', 'notification']);
  assert.deepEqual(third.received, ['welcome', 'notification']);
});

test('before the server has said whose line it is, other tabs are told nothing', async () => {
  await new Tab().start();
  newest().open();
  const second = await new Tab().start();
  newest().receive(push);
  await flushMicrotasks();
  assert.deepEqual([second.received, second.opened], [[], 0]);
});

test('the tab that was waiting longest takes over when the leading one ends', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const [second, third] = [await new Tab().start(), await new Tab('c-3').start()];
  first.connection.stop(false);
  await flushMicrotasks();
  assert.deepEqual([second.connection.isLeader, third.connection.isLeader], [true, false]);
  assert.equal(FakeWebSocket.all.length, 2);
  const socket = await acceptNewest();
  mock.timers.tick(1_000);
  await flushMicrotasks();
  assert.deepEqual(helloCursors(socket), [null, 'c-3']);
  assert.equal(openSockets().length, 1);
});

test('a leading tab that says nothing loses the socket, and follows when it runs again', async () => {
  const first = await new Tab().start();
  const old = await acceptNewest();
  const channel = FakeChannel.all[0] as FakeChannel;
  const second = await new Tab().start();
  old.receive(welcome());
  await flushMicrotasks();
  channel.frozen = true;
  second.connection.connection.sendHello();
  await flushMicrotasks();
  mock.timers.tick(10_000);
  await flushMicrotasks();
  assert.equal(second.connection.isLeader, false);
  mock.timers.tick(1_000);
  mock.timers.tick(3_000);
  channel.frozen = false;
  await flushMicrotasks();
  assert.equal(second.connection.isLeader, true);
  assert.equal(first.connection.isLeader, false);
  assert.equal(old.readyState, FakeWebSocket.CLOSED);
  const socket = await acceptNewest();
  mock.timers.tick(1_000);
  await flushMicrotasks();
  socket.receive(welcome());
  socket.receive(push);
  await flushMicrotasks();
  assert.ok(first.received.includes('notification'));
  assert.equal(openSockets().length, 1);
});

test('a refused socket is refused for all, and an opened one is open for all', async () => {
  const first = await new Tab().start();
  const second = await new Tab().start();
  newest().close();
  await flushMicrotasks();
  assert.deepEqual([first.disconnects, second.disconnects], [[true], [true]]);
  mock.timers.tick(1_000);
  await flushMicrotasks();
  (await acceptNewest()).receive(welcome());
  await flushMicrotasks();
  assert.deepEqual([first.opened, second.opened], [1, 1]);
});
