// Ten thousand clients at once: what the jitter, the ceiling and the spread of renewals are good for.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { defaultTimings } from '../../src/client/timings.js';
import { ClientFleet, LIMIT } from './client-fleet.js';

const CLIENTS = 10_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** They began in the first minute, and every line has settled. */
const DROPPED = 3 * MINUTE;
const DAY = 24 * 60 * MINUTE;

const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0);
const seeds = [1, 2];
const always = () => 1;
const longBackoff = { ...defaultTimings, maxMs: 10 * MINUTE };
let fleet: ClientFleet;

afterEach(() => fleet.stop());

/** Breaks all lines at once, takes nobody in for that long, and then as many as may be, until all are back. */
function dropAndRecover(out = 0) {
  const from = DROPPED + out;
  fleet.join(CLIENTS, MINUTE);
  fleet.timers.run(DROPPED);
  assert.equal(fleet.open.size, CLIENTS);
  fleet.down = out > 0;
  fleet.drop();
  fleet.timers.run(from);
  fleet.down = false;
  fleet.timers.run(from + DAY, () => fleet.open.size === CLIENTS);
  assert.equal(fleet.open.size, CLIENTS, 'one has given up');
  return {
    /** Seconds until the last one was back. */
    took: (fleet.timers.now - from) / SECOND,
    /** How many tried, second by second: while nobody was taken in, and since. */
    meanwhile: fleet.attempts(DROPPED, from),
    since: fleet.attempts(from),
    /** How often the list was loaded, second by second, from the break on. */
    loads: fleet.loads(DROPPED),
  };
}

for (const seed of seeds) {
  test(`dropped at once, all are back within a minute, and after ten seconds they no longer crowd (${seed})`, (t) => {
    fleet = new ClientFleet(seed);
    const { took, since, loads } = dropAndRecover();
    t.diagnostic(`${took} s, ${sum(since)} attempts, at most ${Math.max(...since)} a second`);
    t.diagnostic(`${sum(loads)} lists, at most ${Math.max(...loads)} a second`);
    assert.ok(took < 60, `${took} s`);
    const settled = Math.max(...since.slice(10));
    assert.ok(settled < 3 * LIMIT, `${settled} a second`);
    assert.ok(sum(since) < 6 * CLIENTS, `${sum(since)} attempts`);
    assert.ok(sum(loads) < 2 * CLIENTS && Math.max(...loads) < 3 * LIMIT, `${loads}`);
  });

  test(`while the server is out they keep trying, evenly, and are back within a minute of it (${seed})`, (t) => {
    fleet = new ClientFleet(seed);
    const { took, meanwhile, since, loads } = dropAndRecover(3 * MINUTE);
    const waiting = meanwhile.slice(60);
    t.diagnostic(`${took} s; ${Math.min(...waiting)} to ${Math.max(...waiting)} a second while it was out`);
    t.diagnostic(
      `lists: at most ${Math.max(...loads)}, from the second minute on ${Math.max(...loads.slice(60))}`,
    );
    assert.ok(took < 60, `${took} s`);
    assert.ok(Math.min(...waiting) > LIMIT / 2 && Math.max(...waiting) < 2 * LIMIT, `${waiting}`);
    assert.ok(Math.max(...since) < 2 * LIMIT, `${since}`);
    assert.ok(Math.max(...loads.slice(60)) < LIMIT, `${loads}`);
  });

  test(`lines that were opened within a second are renewed over half an hour, each before its end (${seed})`, (t) => {
    fleet = new ClientFleet(seed);
    fleet.limit = CLIENTS;
    fleet.join(CLIENTS, SECOND);
    fleet.timers.run(120 * MINUTE);
    assert.equal(fleet.ages.length, CLIENTS);
    assert.equal(fleet.open.size, CLIENTS);
    const [youngest, oldest] = [Math.min(...fleet.ages) / MINUTE, Math.max(...fleet.ages) / MINUTE];
    assert.ok(youngest >= 90 && oldest <= 116, `${youngest} to ${oldest} minutes`);
    const renewals = fleet.attempts(MINUTE);
    t.diagnostic(`after ${youngest} to ${oldest} minutes, at most ${Math.max(...renewals)} a second`);
    assert.ok(Math.max(...renewals) < LIMIT / 10, `${Math.max(...renewals)} a second`);
  });
}

test('without jitter they would crowd, again and again, for minutes', (t) => {
  fleet = new ClientFleet(1, always);
  const { took, since } = dropAndRecover();
  t.diagnostic(`${took} s, ${sum(since)} attempts, at most ${Math.max(...since.slice(10))} a second`);
  assert.ok(took > 2 * 60 && Math.max(...since.slice(10)) > 10 * LIMIT);
});

test('with a ceiling of ten minutes some would stay away for minutes', (t) => {
  fleet = new ClientFleet(1, undefined, longBackoff);
  const { took } = dropAndRecover(3 * MINUTE);
  t.diagnostic(`${took} s`);
  assert.ok(took > 2 * 60);
});

test('without a spread they would all renew within a second or two', (t) => {
  fleet = new ClientFleet(1, always);
  fleet.limit = CLIENTS;
  fleet.join(CLIENTS, SECOND);
  fleet.timers.run(120 * MINUTE);
  const most = Math.max(...fleet.attempts(MINUTE));
  t.diagnostic(`at most ${most} a second`);
  assert.ok(most > LIMIT);
});
