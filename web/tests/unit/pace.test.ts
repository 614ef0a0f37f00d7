import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstPace, paceOf, renewalMs, returnMs } from '../../src/client/pace.js';
import { welcome } from './support.js';

test('the pace is what the server asks for', () => {
  const frame = welcome({
    ping_interval_s: 480,
    reconnect: { min_ms: 500, max_ms: 30_000 },
    max_age_s: 7_200,
  });
  assert.deepEqual(paceOf(frame), firstPace);
});

test('what a server leaves out or cannot mean is not followed', () => {
  assert.deepEqual(paceOf(welcome()), firstPace);
  const senseless = { ping_interval_s: -1, reconnect: { min_ms: 0 }, max_age_s: 'long' };
  assert.deepEqual(paceOf({ ...welcome(), ...senseless } as never), firstPace);
  const extreme = { ping_interval_s: 1, reconnect: { min_ms: 1, max_ms: 1e12 }, max_age_s: 1 };
  assert.deepEqual(paceOf(welcome(extreme)), {
    minMs: 100,
    maxMs: 600_000,
    helloMs: 5_000,
    maxAgeMs: 60_000,
  });
  assert.equal(paceOf(welcome({ ping_interval_s: 3_600 })).helloMs, 540_000);
  assert.deepEqual(paceOf(welcome({ reconnect: { min_ms: 9_000, max_ms: 10 } })).maxMs, 9_000);
});

test('a line of two hours is replaced between 90 and 115 minutes', () => {
  assert.equal(renewalMs(firstPace, () => 0) / 60_000, 90);
  assert.equal(Math.round(renewalMs(firstPace, () => 1) / 60_000), 115);
});

test('who is sent away comes back later than told, within as much again', () => {
  assert.equal(
    returnMs(2_000, firstPace, () => 0),
    2_000,
  );
  assert.equal(
    returnMs(2_000, firstPace, () => 1),
    4_000,
  );
  assert.equal(
    returnMs(0, firstPace, () => 1),
    firstPace.minMs,
  );
  assert.equal(
    returnMs(-5, firstPace, () => 0),
    0,
  );
  assert.equal(
    returnMs(1e12, firstPace, () => 0),
    600_000,
  );
});
