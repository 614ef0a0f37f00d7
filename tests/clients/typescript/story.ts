// One story, told with the types that openapi-typescript makes of docs/openapi.json and the client of openapi-fetch.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './dist/generated.js';

type Event = components['schemas']['EventBody'];

const url = process.env['BELFRY_URL'];
assert(url, 'BELFRY_URL names the runner');

async function signIn(username: string) {
  const answer = await fetch(`${url}/api/session/demo/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username }),
  });
  const { token } = (await answer.json()) as { token: string };
  return createClient<paths>({ baseUrl: url ?? '', headers: { authorization: `Bearer ${token}` } });
}

const admin = await signIn('admin');
const user = 'user-0421';
const reader = await signIn(user);

const created = await admin.POST('/api/notifications/', {
  body: {
    user,
    title: 'From TypeScript',
    message: 'By a generated client.',
    notification_type: 'report_ready',
    data: { x: 7, nested: { y: [1] } },
  },
});
assert.equal(created.response.status, 201);

const list = await reader.GET('/api/notifications/', { params: { query: { status: 'unread', limit: 5 } } });
const first = list.data?.results[0];
assert.equal(first?.title, 'From TypeScript');
// Both lines compile only where `data` may have any member.
assert.equal(first?.data?.['x'], 7);
assert.deepEqual(first?.data?.['nested'], { y: [1] });

const seen = await reader.POST('/api/notifications/seen/');
assert.equal(seen.data?.unseen_count, 0);
const upTo = await reader.POST('/api/notifications/seen/', { body: { up_to: first?.changed ?? null } });
assert.equal(upTo.data?.unseen_count, 0);

const path = { id: first?.id ?? '' };
const read = await reader.POST('/api/notifications/{id}/mark_as_read/', { params: { path } });
assert.equal(read.data?.is_read, true);

const event: Event = {
  id: `typescript-${Date.now()}`,
  source: 'supply.reports',
  'detail-type': 'AI Report Generated',
  time: new Date().toISOString(),
  detail: { report_id: 7, session_id: '50%41', user_id: user, agent_name: 'Planner', report_type: 'demand' },
};
const taken = await admin.POST('/api/events/', { body: event });
assert.equal(taken.data?.notifications.length, 1);

const refused = await admin.POST('/api/notifications/', {
  body: { user, title: '\u200b', message: 'Nothing to see.', notification_type: 'info' },
});
assert.equal(refused.response.status, 400);
assert.equal(refused.error?.errors?.[0]?.pointer, '/title');

const document = await reader.GET('/api/schema/');
assert.equal(document.data?.['openapi'], '3.1.0');
console.log('the TypeScript client told its story');
