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
