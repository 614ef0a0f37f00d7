// The line by itself: when it greets, when it gives a line up, and when it comes back.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { ReconnectingSocket } from '../../src/client/reconnecting-socket.js';
import { defaultTimings } from '../../src/client/timings.js';
import { FakeWebSocket, newest } from './fake-socket.js';

const MINUTE = 60_000;
const page = new EventTarget();
let onLine = true;
let said = 0;
let downs: boolean[] = [];

function line(): ReconnectingSocket {
  return new ReconnectingSocket({
    connect: () => new WebSocket('ws://here/'),
    helloFrame: () => `hello ${++said}`,
    onOpen: () => {},
    onMessage: () => {},
    onDisconnect: (refused) => void downs.push(refused),
  });
}

/** A line that is open and whose greeting was answered. */
function opened(): ReconnectingSocket {
  const socket = line();
  socket.start();
  newest().open();
  socket.onReply(true);
  return socket;
}

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  FakeWebSocket.all = [];
  onLine = true;
  said = 0;
  downs = [];
  Object.assign(globalThis, { WebSocket: FakeWebSocket, window: page, document: page });
  Object.defineProperty(globalThis, 'navigator', {
    value: {
      get onLine() {
        return onLine;
      },
    },
    configurable: true,
  });
  Object.defineProperty(page, 'hidden', { value: false, configurable: true });
});

afterEach(() => mock.reset());

test('the first thing said on every line is the greeting', () => {
  const socket = opened();
  assert.deepEqual(newest().sent, ['hello 1']);
  newest().close();
  mock.timers.tick(defaultTimings.minMs);
  newest().open();
  assert.equal(FakeWebSocket.all.length, 2);
  assert.deepEqual(newest().sent, ['hello 2']);
  socket.stop();
});

test('an open line greets again after a while, whatever else is heard', () => {
  const socket = opened();
  socket.setTimings({ ...defaultTimings, heartbeatMs: 30_000 });
  mock.timers.tick(29_999);
  newest().onmessage?.({ data: '{}' });
  assert.equal(newest().sent.length, 1);
  mock.timers.tick(1);
  assert.deepEqual(newest().sent, ['hello 1', 'hello 2']);
  socket.stop();
});

test('a greeting without an answer ends the line, one in parts has time for each', () => {
  const socket = opened();
  socket.sendHello();
  mock.timers.tick(9_000);
  socket.onReply(false);
  mock.timers.tick(9_000);
  assert.deepEqual(downs, []);
  mock.timers.tick(1_000);
  assert.deepEqual(downs, [false]);
  socket.stop();
});

test('no second greeting goes out before the first is answered', () => {
  const socket = opened();
  socket.sendHello();
  page.dispatchEvent(new Event('online'));
  page.dispatchEvent(new Event('visibilitychange'));
  assert.deepEqual(newest().sent, ['hello 1', 'hello 2']);
  socket.onReply(true);
  page.dispatchEvent(new Event('online'));
  assert.equal(newest().sent.length, 3);
  socket.stop();
});

test('a line that opens and never answers counts as refused', () => {
  const socket = line();
  socket.start();
  newest().open();
  mock.timers.tick(10_000);
  assert.deepEqual(downs, [true]);
  mock.timers.tick(defaultTimings.minMs);
  newest().close();
  assert.deepEqual(downs, [true, true]);
  socket.stop();
});

test('the waits grow to the ceilings that the server told, until a line has settled', () => {
  mock.method(Math, 'random', () => 1);
  const socket = opened();
  socket.setTimings({ ...defaultTimings, minMs: 1_000, maxMs: 4_000 });
  for (const wait of [1_000, 2_000, 4_000, 4_000]) {
    const before = FakeWebSocket.all.length;
    newest().close();
    mock.timers.tick(wait - 1);
    assert.equal(FakeWebSocket.all.length, before);
    mock.timers.tick(1);
    assert.equal(FakeWebSocket.all.length, before + 1);
  }
  newest().open();
  socket.onReply(true);
  mock.timers.tick(5_000);
  newest().close();
  mock.timers.tick(1_000);
  assert.equal(FakeWebSocket.all.length, 6);
  socket.stop();
});

test('a line is replaced before the server ends it, between three quarters and 96 % of its age', () => {
  for (const [random, at] of [
    [0, 90],
    [1, 115.2],
  ] as const) {
    const drawn = mock.method(Math, 'random', () => random);
    const socket = opened();
    socket.setTimings({ ...defaultTimings, heartbeatMs: 1_000 * MINUTE });
    const before = FakeWebSocket.all.length;
    mock.timers.tick(60 * MINUTE);
    socket.setTimings({ ...defaultTimings, heartbeatMs: 1_000 * MINUTE });
    mock.timers.tick((at - 60) * MINUTE - 1);
    assert.equal(FakeWebSocket.all.length, before);
    mock.timers.tick(2);
    assert.equal(FakeWebSocket.all.length, before + 1);
    socket.stop();
    drawn.mock.restore();
  }
  assert.deepEqual(downs, [false, false]);
});

test('sent away, it comes back after that time and not together with all others', () => {
  for (const [random, wait] of [
    [0, 2_000],
    [1, 4_000],
  ] as const) {
    const drawn = mock.method(Math, 'random', () => random);
    const socket = opened();
    socket.reconnectAfter(2_000);
    assert.equal(newest().readyState, 3);
    const before = FakeWebSocket.all.length;
    page.dispatchEvent(new Event('online'));
    mock.timers.tick(wait - 1);
    assert.equal(FakeWebSocket.all.length, before);
    mock.timers.tick(1);
    assert.equal(FakeWebSocket.all.length, before + 1);
    socket.stop();
    drawn.mock.restore();
  }
});

test('a network that is back ends the wait', () => {
  const socket = opened();
  onLine = false;
  newest().close();
  page.dispatchEvent(new Event('offline'));
  assert.equal(FakeWebSocket.all.length, 1);
  onLine = true;
  page.dispatchEvent(new Event('online'));
  assert.equal(FakeWebSocket.all.length, 2);
  socket.stop();
});

test('a handshake from before the network was back is begun anew', () => {
  const socket = line();
  socket.start();
  page.dispatchEvent(new Event('visibilitychange'));
  assert.equal(FakeWebSocket.all.length, 1);
  page.dispatchEvent(new Event('online'));
  assert.deepEqual(
    FakeWebSocket.all.map(({ readyState }) => readyState),
    [3, 0],
  );
  socket.stop();
});

test('however often it is told to leave, one line is opened', () => {
  const socket = opened();
  socket.reconnectAfter(1_000);
  socket.reconnectAfter(0);
  socket.reconnectAfter(500);
  mock.timers.tick(10_000);
  assert.equal(FakeWebSocket.all.length, 2);
  socket.stop();
});

test('a stopped line says and does nothing more', () => {
  const socket = opened();
  socket.stop();
  page.dispatchEvent(new Event('online'));
  mock.timers.tick(180 * MINUTE);
  assert.equal(FakeWebSocket.all.length, 1);
  assert.equal(newest().sent.length, 1);
  assert.deepEqual(downs, []);
});
