// What the user does, by the client alone: every list right at once, and on every device.
import type { Page } from '@playwright/test';
import { act, connected, expectTitles, openClient, session, told, view } from './headless';
import { deviceOf, expect, freshUser, test } from './support';

/** The requests of a page that change something. */
function changes(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  return sent;
}

test.beforeEach(async ({ page, sender }, info) => {
  const user = freshUser();
  await session(page, user);
  const ids: string[] = [];
  for (const title of ['One', 'Two', 'Three']) ids.push(await sender.send(user, { title }));
  Object.assign(info, { user, ids });
  await openClient(page);
  await connected(page);
  await expectTitles(page, 'Three', 'Two', 'One');
});

const of = () => test.info() as unknown as { user: string; ids: [string, string, string] };

test('each tab has its own list, and what is done moves between them at once', async ({ page }) => {
  const [one, two, three] = of().ids;
  await act(page, 'show', 'archived');
  await expectTitles(page);
  await act(page, 'archive', one);
  await act(page, 'archive', two);
  await expectTitles(page, 'Two', 'One');
  await act(page, 'show', 'unread');
  await expectTitles(page, 'Three');
  expect((await view(page)).unread).toBe(1);
  await act(page, 'markUnread', one);
  await expectTitles(page, 'One', 'Three');
  await act(page, 'markRead', three);
  await expectTitles(page, 'One');
  await act(page, 'show', 'all');
  await expectTitles(page, 'Three', 'One');
  await page.evaluate(
    (id) =>
      (window as never as { client: { snooze(id: string, until: Date): void } }).client.snooze(
        id,
        new Date(Date.now() + 3_600_000),
      ),
    one,
  );
  await expectTitles(page, 'Three');
  expect((await view(page)).hasSnoozed).toBe(true);
  await act(page, 'show', 'snoozed');
  await expectTitles(page, 'One');
  await page.reload();
  await openClient(page);
  await act(page, 'show', 'archived');
  await expectTitles(page, 'Two');
  await expect.poll(async () => (await view(page)).hasSnoozed).toBe(true);
});

test('what another device does moves here, too', async ({ page, baseURL }) => {
  const {
    user,
    ids: [one, two],
  } = of();
  await act(page, 'show', 'archived');
  const device = await deviceOf(user, baseURL);
  await device.post(`/api/notifications/${one}/archive/`);
  await expectTitles(page, 'One');
  await device.post(`/api/notifications/${two}/archive/`);
  await expectTitles(page, 'Two', 'One');
  await device.post(`/api/notifications/${one}/unarchive/`);
  await expectTitles(page, 'Two');
  await act(page, 'show', 'all');
  await expectTitles(page, 'Three', 'One');
  await device.delete(`/api/notifications/${one}/`);
  await expectTitles(page, 'Three');
  await device.dispose();
});

test('a deletion that is undone sends nothing, and one that is not is sent once', async ({ page }) => {
  const [one, two] = of().ids;
  const sent = changes(page);
  await act(page, 'remove', one);
  await act(page, 'remove', two);
  await expectTitles(page, 'Three');
  await act(page, 'undo', one);
  await expectTitles(page, 'Three', 'One');
  await expect.poll(() => sent, { timeout: 10_000 }).toEqual([`DELETE /api/notifications/${two}/`]);
  await expectTitles(page, 'Three', 'One');
});

test('a deletion holds although the page goes at once', async ({ page }) => {
  const [one] = of().ids;
  await act(page, 'remove', one);
  await page.goto('about:blank');
  const status = async () => (await page.request.get(`/api/notifications/${one}/`)).status();
  await expect.poll(status).toBe(404);
});

test('archiving and snoozing are undone to where things were', async ({ page, baseURL }) => {
  const {
    user,
    ids: [one, two],
  } = of();
  await act(page, 'archive', one);
  await act(page, 'undo', one);
  await act(page, 'markRead', two);
  await act(page, 'archive', two);
  await act(page, 'undo', two);
  await expectTitles(page, 'Three', 'Two', 'One');
  const device = await deviceOf(user, baseURL);
  const { results } = await (await device.get('/api/notifications/')).json();
  expect(results.map((it: { title: string; is_read: boolean }) => [it.title, it.is_read])).toEqual([
    ['Three', false],
    ['Two', true],
    ['One', false],
  ]);
  await device.dispose();
});

test('looking at the list makes all of it seen, on every device, and leaves it unread', async ({
  page,
  baseURL,
}) => {
  const { user } = of();
  await expect.poll(async () => (await view(page)).unseen).toBe(3);
  await act(page, 'markSeen');
  const { unseen, unread } = await view(page);
  expect([unseen, unread]).toEqual([0, 3]);
  const device = await deviceOf(user, baseURL);
  expect(await (await device.get('/api/notifications/unread_count/')).json()).toEqual({
    unread_count: 3,
    unseen_count: 0,
  });
  await device.dispose();
});

test('what another device has looked at is seen here', async ({ page, baseURL }) => {
  const device = await deviceOf(of().user, baseURL);
  await device.post('/api/notifications/seen/');
  await expect.poll(async () => (await view(page)).unseen).toBe(0);
  await device.dispose();
});

test('while the list is held, what arrives waits beside it', async ({ page, sender }) => {
  const { user } = of();
  await act(page, 'hold', true);
  await sender.send(user, { title: 'Four' });
  await sender.send(user, { title: 'Five' });
  await expect.poll(async () => (await view(page)).fresh).toBe(2);
  await expectTitles(page, 'Three', 'Two', 'One');
  expect((await view(page)).unread).toBe(5);
  await act(page, 'showFresh');
  await expectTitles(page, 'Five', 'Four', 'Three', 'Two', 'One');
  await sender.send(user, { title: 'Six' });
  await expect.poll(async () => (await view(page)).fresh).toBe(1);
  await act(page, 'hold', false);
  await expectTitles(page, 'Six', 'Five', 'Four', 'Three', 'Two', 'One');
  expect((await view(page)).fresh).toBe(0);
});

test('an edit is told, and does not ring', async ({ page, sender, baseURL }) => {
  // Only an administrator changes words, and only in an inbox of their own.
  const id = await sender.send('admin', { title: 'Draft' });
  await session(page, 'admin');
  await openClient(page);
  await connected(page);
  const admin = await deviceOf('admin', baseURL);
  await admin.patch(`/api/notifications/${id}/`, { data: { title: 'Final' } });
  await expect.poll(() => told(page, 'edited')).toEqual(['Final']);
  expect((await view(page)).items.find((it) => it.id === id)?.title).toBe('Final');
  expect(await told(page, 'rang')).not.toContain('Final');
  await admin.dispose();
});

test('what the server refuses comes back, and is told', async ({ page }) => {
  const [one] = of().ids;
  await page.route('**/api/notifications/*/archive/', (route) => route.fulfill({ status: 500 }));
  await act(page, 'archive', one);
  await expectTitles(page, 'Three', 'Two', 'One');
  expect(await told(page, 'failed')).toEqual(['archive']);
});

test('what was snoozed comes back unread when its time has come', async ({ page, baseURL }) => {
  const {
    user,
    ids: [one],
  } = of();
  await page.clock.install();
  await openClient(page);
  await connected(page);
  await act(page, 'markRead', one);
  const until = new Date(Date.now() + 2_000);
  const device = await deviceOf(user, baseURL);
  await device.post(`/api/notifications/${one}/snooze/`, { data: { until } });
  await expectTitles(page, 'Three', 'Two');
  // The server's clock is nobody's to turn.
  await expect.poll(() => Date.now()).toBeGreaterThan(until.getTime());
  await page.clock.runFor(16_000);
  await expectTitles(page, 'Three', 'Two', 'One');
  expect((await view(page)).unread).toBe(3);
  await device.dispose();
});
