// Where somebody looks: the socket rests when that is nowhere, and the tab that was looked at last rings.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { installBrowser } from './fake-browser.js';
import { FakeWebSocket } from './fake-socket.js';
import { flushMicrotasks, welcome } from './support.js';
import { acceptNewest, browser, openFakeBrowser, openSockets, Tab } from './tab-harness.js';

const MINUTE = 60_000;

beforeEach(openFakeBrowser);
afterEach(() => mock.reset());

/** Lets time pass, while the server answers every hello. */
async function pass(minutes: number, each = () => {}): Promise<void> {
  for (const socket of openSockets()) {
    socket.send = () => void Promise.resolve().then(() => socket.receive(welcome()));
    socket.receive(welcome());
  }
  for (let minute = 0; minute < minutes; minute += 1) {
    await flushMicrotasks();
    mock.timers.tick(MINUTE);
    each();
  }
  await flushMicrotasks();
}

const hide = (hidden: boolean) => Object.assign(browser.page, { hidden });

test('with no tab looked at for ten minutes the socket is closed, and whichever is looked at opens it', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const second = await new Tab().start();
  hide(true);
  browser.page.dispatchEvent(new Event('visibilitychange'));
  await pass(9);
  assert.equal(openSockets().length, 1);
  await pass(2);
  assert.equal(openSockets().length, 0);
  assert.deepEqual([first.disconnects, second.disconnects], [[false], [false]]);
  await pass(60);
  assert.equal(FakeWebSocket.all.length, 1);
  hide(false);
  second.connection.connection.resetIdleTimer();
  await flushMicrotasks();
  assert.equal(FakeWebSocket.all.length, 2);
  (await acceptNewest()).receive(welcome());
  await flushMicrotasks();
  assert.deepEqual([first.opened, second.opened], [2, 2]);
});

test('a leading tab in the background keeps the socket for one that is looked at', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const second = await new Tab().start();
  // Only the leading tab is hidden when it comes to that.
  await pass(40, () => {
    hide(false);
    second.connection.onFocusChange();
    hide(true);
  });
  assert.equal(openSockets().length, 1);
  assert.deepEqual(first.disconnects, []);
});

test('where the browser knows no locks, each tab has its own socket and rings', async () => {
  installBrowser(false);
  const [first, second] = [await new Tab().start(), await new Tab().start()];
  assert.equal(FakeWebSocket.all.length, 2);
  assert.deepEqual(
    [await first.connection.shouldNotify(), await second.connection.shouldNotify()],
    [true, true],
  );
});

test('one tab rings: that which was looked at last, and else the leading one', async () => {
  const first = await new Tab().start();
  await acceptNewest();
  const second = await new Tab().start();
  const rings = async () => [await first.connection.shouldNotify(), await second.connection.shouldNotify()];
  assert.deepEqual(await rings(), [false, true]);
  first.connection.onFocusChange();
  await flushMicrotasks();
  assert.deepEqual(await rings(), [true, false]);
  second.connection.onFocusChange();
  await flushMicrotasks();
  assert.deepEqual(await rings(), [false, true]);
  second.connection.stop(false);
  await flushMicrotasks();
  assert.equal(await first.connection.shouldNotify(), true);
});
