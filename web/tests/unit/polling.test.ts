import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Polling } from '../../src/client/polling.js';

let loads = 0;
let interval = 30_000;
let random = 0;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  mock.method(Math, 'random', () => random);
  loads = 0;
});

afterEach(() => mock.reset());

const polling = () =>
  new Polling(
    () => void loads++,
    () => interval,
  );

test('the first load comes within ten seconds, the next ones as the server asks, and not all at once', () => {
  for (const [drawn, first, next] of [
    [0, 0, 30_000],
    [1, 10_000, 60_000],
  ] as const) {
    random = drawn;
    loads = 0;
    const one = polling();
    one.start();
    mock.timers.tick(first);
    assert.equal(loads, 1);
    mock.timers.tick(next - 1);
    assert.equal(loads, 1);
    mock.timers.tick(1);
    assert.equal(loads, 2);
    interval = 90_000;
    mock.timers.tick(next);
    assert.equal(loads, 3);
    mock.timers.tick(90_000 * (1 + drawn) - 1);
    assert.equal(loads, 3);
    one.stop();
    interval = 30_000;
  }
});

test('however often a socket is refused, one load follows another', () => {
  random = 1;
  const one = polling();
  for (let n = 0; n < 5; n += 1) one.start();
  mock.timers.tick(10_000);
  assert.equal(loads, 1);
  one.stop();
});

test('an open socket ends it, and the next refusal begins anew', () => {
  random = 1;
  const one = polling();
  one.start();
  one.stop();
  mock.timers.tick(300_000);
  assert.equal(loads, 0);
  one.start();
  mock.timers.tick(10_000);
  assert.equal(loads, 1);
  one.stop();
});
