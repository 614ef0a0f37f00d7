// One socket for all tabs: who opens it, who is told what, and who takes it over.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeWebSocket, newest } from './fake-socket.js';
import { begin, browser, greeted, hellos, open, Tab } from './shared.js';
import { notificationFrame, settled, sync, uuid, welcome } from './support.js';
import { FakeChannel } from './tabs.js';

const push = notificationFrame(9);

beforeEach(begin);
afterEach(() => mock.reset());

test('a tab that is alone has the socket, and nobody is asked who it is', async () => {
  const tab = await new Tab().start();
  assert.equal(FakeWebSocket.all.length, 1);
  await greeted();
  assert.deepEqual([tab.heard, tab.opened, tab.shared.leads], [['welcome'], 1, true]);
  assert.equal(browser.asked, 0);
  tab.shared.stop(false);
});

test('a second tab says hello over the socket of the first, with its own cursor, and alone hears the answer', async () => {
  const first = await new Tab().start();
  const socket = await greeted();
  const second = await new Tab('c-2').start();
  assert.equal(FakeWebSocket.all.length, 1);
  assert.deepEqual(hellos(socket), [null, 'c-2']);
  socket.say(welcome());
  socket.say(sync([], { more: true }));
  socket.say(sync([]));
  await settled();
  assert.deepEqual(first.heard, ['welcome']);
  assert.deepEqual(second.heard, ['welcome', 'sync', 'sync']);
  assert.deepEqual([second.opened, second.shared.leads, browser.asked], [1, false, 1]);
});

test('what the server says by itself is heard in every tab', async () => {
  const tabs = [await new Tab().start()];
  const socket = await greeted();
  tabs.push(await new Tab().start(), await new Tab().start());
  socket.say(push);
  socket.say({ type: 'read_all', up_to: uuid(1) });
  await settled();
  for (const { heard } of tabs)
    assert.deepEqual(
      heard.filter((type) => type !== 'welcome'),
      ['notification', 'read_all'],
    );
});

test('hellos wait for each other, and each answer finds its tab', async () => {
  const first = await new Tab('c-1').start();
  newest().open();
  const socket = newest();
  const [second, third] = [await new Tab('c-2').start(), await new Tab(null).start()];
  assert.deepEqual(hellos(socket), ['c-1']);
  socket.say(welcome());
  socket.say(sync([]));
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2']);
  socket.say(welcome());
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2']);
  socket.say(sync([]));
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2', null]);
  socket.say(welcome());
  socket.say(push);
  await settled();
  assert.deepEqual(first.heard, ['welcome', 'sync', 'notification']);
  assert.deepEqual(second.heard, ['welcome', 'sync', 'notification']);
  assert.deepEqual(third.heard, ['welcome', 'notification']);
});

test('before the server has said whose line it is, other tabs are told nothing', async () => {
  await new Tab().start();
  newest().open();
  const second = await new Tab().start();
  newest().say(push);
  await settled();
  assert.deepEqual([second.heard, second.opened], [[], 0]);
});

test('the tab that was waiting longest takes over when the leading one ends', async () => {
  const first = await new Tab().start();
  await greeted();
  const [second, third] = [await new Tab().start(), await new Tab('c-3').start()];
  first.shared.stop(false);
  await settled();
  assert.deepEqual([second.shared.leads, third.shared.leads], [true, false]);
  assert.equal(FakeWebSocket.all.length, 2);
  const socket = await greeted();
  mock.timers.tick(1_000);
  await settled();
  assert.deepEqual(hellos(socket), [null, 'c-3']);
  assert.equal(open().length, 1);
});

test('a leading tab that says nothing loses the socket, and follows when it runs again', async () => {
  const first = await new Tab().start();
  const old = await greeted();
  const channel = FakeChannel.all[0] as FakeChannel;
  const second = await new Tab().start();
  old.say(welcome());
  await settled();
  channel.frozen = true;
  second.shared.line.greet();
  await settled();
  mock.timers.tick(10_000);
  await settled();
  assert.equal(second.shared.leads, false);
  mock.timers.tick(1_000);
  mock.timers.tick(3_000);
  channel.frozen = false;
  await settled();
  assert.equal(second.shared.leads, true);
  assert.equal(first.shared.leads, false);
  assert.equal(old.readyState, FakeWebSocket.CLOSED);
  const socket = await greeted();
  mock.timers.tick(1_000);
  await settled();
  socket.say(welcome());
  socket.say(push);
  await settled();
  assert.ok(first.heard.includes('notification'));
  assert.equal(open().length, 1);
});

test('a refused socket is refused for all, and an opened one is open for all', async () => {
  const first = await new Tab().start();
  const second = await new Tab().start();
  newest().close();
  await settled();
  assert.deepEqual([first.downs, second.downs], [[true], [true]]);
  mock.timers.tick(1_000);
  await settled();
  (await greeted()).say(welcome());
  await settled();
  assert.deepEqual([first.opened, second.opened], [1, 1]);
});
