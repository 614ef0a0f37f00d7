// Where somebody looks: the socket rests when that is nowhere, and the tab that was looked at last rings.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeWebSocket } from './fake-socket.js';
import { begin, browser, greeted, open, Tab } from './shared.js';
import { settled, welcome } from './support.js';
import { openBrowser } from './tabs.js';

const MINUTE = 60_000;

beforeEach(begin);
afterEach(() => mock.reset());

/** Lets time pass, while the server answers every hello. */
async function pass(minutes: number, each = () => {}): Promise<void> {
  for (const socket of open()) {
    socket.send = () => void Promise.resolve().then(() => socket.say(welcome()));
    socket.say(welcome());
  }
  for (let minute = 0; minute < minutes; minute += 1) {
    await settled();
    mock.timers.tick(MINUTE);
    each();
  }
  await settled();
}

const hide = (hidden: boolean) => Object.assign(browser.page, { hidden });

test('with no tab looked at for ten minutes the socket is closed, and whichever is looked at opens it', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  hide(true);
  browser.page.dispatchEvent(new Event('visibilitychange'));
  await pass(9);
  assert.equal(open().length, 1);
  await pass(2);
  assert.equal(open().length, 0);
  assert.deepEqual([first.downs, second.downs], [[false], [false]]);
  await pass(60);
  assert.equal(FakeWebSocket.all.length, 1);
  hide(false);
  second.shared.line.looked();
  await settled();
  assert.equal(FakeWebSocket.all.length, 2);
  (await greeted()).say(welcome());
  await settled();
  assert.deepEqual([first.opened, second.opened], [2, 2]);
});

test('a leading tab in the background keeps the socket for one that is looked at', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  // Only the leading tab is hidden when it comes to that.
  await pass(40, () => {
    hide(false);
    second.shared.looked();
    hide(true);
  });
  assert.equal(open().length, 1);
  assert.deepEqual(first.downs, []);
});

test('where the browser knows no locks, each tab has its own socket and rings', async () => {
  openBrowser(false);
  const [first, second] = [await new Tab().start(), await new Tab().start()];
  assert.equal(FakeWebSocket.all.length, 2);
  assert.deepEqual([await first.shared.rings(), await second.shared.rings()], [true, true]);
});

test('one tab rings: that which was looked at last, and else the leading one', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  const rings = async () => [await first.shared.rings(), await second.shared.rings()];
  assert.deepEqual(await rings(), [false, true]);
  first.shared.looked();
  await settled();
  assert.deepEqual(await rings(), [true, false]);
  second.shared.looked();
  await settled();
  assert.deepEqual(await rings(), [false, true]);
  second.shared.stop(false);
  await settled();
  assert.equal(await first.shared.rings(), true);
});
