// One socket for all tabs of a browser: who has it, who gets what, who rings.
import type { BrowserContext, Page, WebSocket } from '@playwright/test';
import { expect, expectUnread, freshUser, live, signIn, test, toast } from './support';

/** Collects the sockets that the pages of a browser open from now on, but not those that have closed. */
function openSockets(context: BrowserContext): Set<WebSocket> {
  const open = new Set<WebSocket>();
  const watch = (page: Page) =>
    page.on('websocket', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      page.on('close', () => open.delete(socket));
    });
  context.pages().forEach(watch);
  context.on('page', watch);
  return open;
}

async function another(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/');
  await live(page);
  return page;
}

test('three tabs share one socket, and each shows what comes over it', async ({ page, context, sender }) => {
  const user = freshUser();
  const sockets = openSockets(context);
  await signIn(page, user);
  const tabs = [page, await another(context), await another(context)];
  expect(sockets.size).toBe(1);
  await sender.send(user, { title: 'For all' });
  for (const tab of tabs) await expectUnread(tab, 1);
  expect(sockets.size).toBe(1);
});

test('what arrives rings in the tab that was looked at last, and in no other', async ({
  page,
  context,
  sender,
}) => {
  const user = freshUser();
  await signIn(page, user);
  const second = await another(context);
  await sender.send(user, { title: 'One toast' });
  await expect(toast(second, 'One toast')).toBeVisible();
  await expectUnread(page, 1);
  await expect(toast(page, 'One toast')).toHaveCount(0);
  await second.close();
  await sender.send(user, { title: 'Another' });
  await expect(toast(page, 'Another')).toBeVisible();
});

test('the socket is taken over when its tab closes, and nothing of the time between is missing', async ({
  page,
  context,
  sender,
}) => {
  const user = freshUser();
  const sockets = openSockets(context);
  await signIn(page, user);
  const [second, third] = [await another(context), await another(context)];
  const [first] = sockets;
  const closing = page.close();
  await sender.send(user, { title: 'Meanwhile' });
  await closing;
  for (const tab of [second, third]) await expectUnread(tab, 1);
  for (const tab of [second, third]) await live(tab);
  await sender.send(user, { title: 'Afterwards' });
  for (const tab of [second, third]) await expectUnread(tab, 2);
  expect(sockets.size).toBe(1);
  expect([...sockets]).not.toContain(first);
});

test.describe('a leading tab that hangs', () => {
  // Its silence is noticed when an answer doesn't come.
  test.slow();

  test('loses the socket to one that runs, and nothing is missing', async ({ page, context, sender }) => {
    const user = freshUser();
    await signIn(page, user);
    const second = await another(context);
    await page.evaluate(
      () =>
        void setTimeout(() => {
          for (;;);
        }),
    );
    await sender.send(user, { title: 'Unheard' });
    await second.evaluate(() => window.dispatchEvent(new Event('online')));
    const inbox = second.locator('belfry-inbox');
    await expect(inbox).toHaveJSProperty('unreadCount', 1, { timeout: 30_000 });
    await live(second);
    await sender.send(user, { title: 'Heard' });
    await expectUnread(second, 2);
  });
});

test('two users in two browsers each have their own', async ({ page, browser, baseURL, sender }) => {
  const [first, second] = [freshUser(), freshUser()];
  const other = await (await browser.newContext({ baseURL: baseURL ?? '' })).newPage();
  await signIn(page, first);
  await signIn(other, second);
  await sender.send(first, { title: 'For the first' });
  await sender.send(second, { title: 'For the second' });
  await expect(toast(page, 'For the first')).toBeVisible();
  await expect(toast(other, 'For the second')).toBeVisible();
  await expectUnread(page, 1);
  await expectUnread(other, 1);
  await other.context().close();
});

test('another user in another tab of the same browser is told nothing of the first', async ({
  page,
  context,
  sender,
}) => {
  const [first, second] = [freshUser(), freshUser()];
  const sockets = openSockets(context);
  await sender.send(first, { title: 'A secret' });
  await signIn(page, first);
  await expectUnread(page, 1);
  await page.request.post('/api/session/demo/', { data: { username: second } });
  const other = await another(context);
  await expectUnread(other, 0);
  expect(sockets.size).toBe(2);
  await sender.send(first, { title: 'Another secret' });
  await sender.send(second, { title: 'Mine' });
  await expectUnread(other, 1);
  await expect(other.locator('belfry-inbox')).not.toContainText('secret');
});

test('signing out in one tab ends all of them', async ({ page, context, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'A secret' });
  await signIn(page, user);
  const tabs = [await another(context), await another(context)];
  for (const tab of tabs) await expectUnread(tab, 1);
  await page.request.delete('/api/session/', { headers: { 'x-requested-with': 'test' } });
  for (const tab of [page, ...tabs]) {
    const inbox = tab.locator('belfry-inbox');
    await expect(inbox).toHaveJSProperty('unreadCount', 0, { timeout: 15_000 });
    await expect(inbox).not.toContainText('secret');
  }
});

test('where the browser knows no locks, each tab has its own socket', async ({ page, context, sender }) => {
  const user = freshUser();
  await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  const sockets = openSockets(context);
  await signIn(page, user);
  const second = await another(context);
  expect(sockets.size).toBe(2);
  await sender.send(user, { title: 'For both' });
  for (const tab of [page, second]) await expect(toast(tab, 'For both')).toBeVisible();
});
