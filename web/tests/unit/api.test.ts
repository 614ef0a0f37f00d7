// What the calls look like: conditional lists, actions by their names, and who may look.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Api, ApiError } from '../../src/client/api.js';
import { item, page, uuid } from './support.js';

interface Asked {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Record<string, string> };
}

let asked: Asked[] = [];
let answer: () => Response = () => Response.json({});

beforeEach(() => {
  asked = [];
  mock.method(globalThis, 'fetch', async (url: string, init: Asked['init']) => {
    asked.push({ url, init });
    return answer();
  });
});

afterEach(() => mock.reset());

const etags = () => asked.map(({ init }) => init.headers['if-none-match']);

test('a list that has not changed is not sent again', async () => {
  const api = new Api('/api/');
  answer = () =>
    Response.json(page([item(1)], { next: '/api/notifications/?cursor=1' }), { headers: { etag: '"a"' } });
  const first = await api.first(20, 'all');
  assert.equal(first.next, '?cursor=1');
  answer = () => new Response(null, { status: 304 });
  assert.equal(await api.first(20, 'all'), first);
  answer = () => Response.json(page([item(2)]), { headers: { etag: '"b"' } });
  const second = await api.first(20, 'all');
  assert.equal(second.results[0]?.id, uuid(2));
  await api.first(20, 'all');
  await api.first(40, 'all');
  await api.first(20, 'unread');
  assert.deepEqual(etags(), [undefined, '"a"', '"a"', '"b"', undefined, undefined]);
  assert.deepEqual(
    asked.slice(-2).map(({ url }) => url),
    ['/api/notifications/?limit=40', '/api/notifications/?limit=20&status=unread'],
  );
});

test('the server says how often to poll', async () => {
  const api = new Api('/api');
  assert.equal(api.pollMs, 30_000);
  answer = () => Response.json(page([]), { headers: { 'x-poll-interval': '90' } });
  await api.first(20, 'all');
  assert.equal(api.pollMs, 90_000);
  answer = () => Response.json(page([]));
  await api.first(20, 'all');
  assert.equal(api.pollMs, 90_000);
});

test('each action is a call that outlives the page', async () => {
  const api = new Api('/api');
  answer = () => Response.json(item(1));
  const until = '2026-01-02T00:00:00.000Z';
  for (const name of ['markRead', 'markUnread', 'archive', 'unarchive'] as const)
    await api.sendAction('x/y', { name });
  await api.sendAction('x', { name: 'snooze', until });
  assert.equal(await api.sendAction('x', { name: 'remove' }), null);
  await api.markSeen(uuid(3));
  await api.markSeen(null);
  await api.markAllRead();
  const told = asked.map(({ url, init }) => [
    init.method,
    url.replace('/api/notifications/', ''),
    init.body ?? null,
  ]);
  assert.deepEqual(told, [
    ['POST', 'x%2Fy/mark_as_read/', null],
    ['POST', 'x%2Fy/mark_as_unread/', null],
    ['POST', 'x%2Fy/archive/', null],
    ['POST', 'x%2Fy/unarchive/', null],
    ['POST', 'x/snooze/', JSON.stringify({ until })],
    ['DELETE', 'x/', null],
    ['POST', 'seen/', JSON.stringify({ up_to: uuid(3) })],
    ['POST', 'seen/', null],
    ['POST', 'mark_all_read/', null],
  ]);
  assert.ok(asked.every(({ init }) => init.keepalive));
});

test('an answer that is no success is an error with its status', async () => {
  answer = () => new Response('no', { status: 409 });
  await assert.rejects(
    new Api('/api').whoAmI(),
    (error) => error instanceof ApiError && error.status === 409,
  );
  assert.equal(asked[0]?.url, '/api/user/current/');
  assert.equal(asked[0]?.init.keepalive, false);
});
