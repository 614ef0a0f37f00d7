import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultTimings, readTimings, reconnectDelayMs, renewalDelayMs } from '../../src/client/timings.js';
import { welcome } from './support.js';

test('the pace is what the server asks for', () => {
  const frame = welcome({
    ping_interval_s: 480,
    reconnect: { min_ms: 500, max_ms: 30_000 },
    max_age_s: 7_200,
  });
  assert.deepEqual(readTimings(frame), defaultTimings);
});

test('what a server leaves out or cannot mean is not followed', () => {
  assert.deepEqual(readTimings(welcome()), defaultTimings);
  const senseless = { ping_interval_s: -1, reconnect: { min_ms: 0 }, max_age_s: 'long' };
  assert.deepEqual(readTimings({ ...welcome(), ...senseless } as never), defaultTimings);
  const extreme = { ping_interval_s: 1, reconnect: { min_ms: 1, max_ms: 1e12 }, max_age_s: 1 };
  assert.deepEqual(readTimings(welcome(extreme)), {
    minMs: 100,
    maxMs: 600_000,
    heartbeatMs: 5_000,
    maxAgeMs: 60_000,
  });
  assert.equal(readTimings(welcome({ ping_interval_s: 3_600 })).heartbeatMs, 540_000);
  assert.deepEqual(readTimings(welcome({ reconnect: { min_ms: 9_000, max_ms: 10 } })).maxMs, 9_000);
});

test('a line of two hours is replaced between 90 and 115 minutes', () => {
  assert.equal(renewalDelayMs(defaultTimings, () => 0) / 60_000, 90);
  assert.equal(Math.round(renewalDelayMs(defaultTimings, () => 1) / 60_000), 115);
});

test('who is sent away comes back later than told, within as much again', () => {
  assert.equal(
    reconnectDelayMs(2_000, defaultTimings, () => 0),
    2_000,
  );
  assert.equal(
    reconnectDelayMs(2_000, defaultTimings, () => 1),
    4_000,
  );
  assert.equal(
    reconnectDelayMs(0, defaultTimings, () => 1),
    defaultTimings.minMs,
  );
  assert.equal(
    reconnectDelayMs(-5, defaultTimings, () => 0),
    0,
  );
  assert.equal(
    reconnectDelayMs(1e12, defaultTimings, () => 0),
    600_000,
  );
});
