// Resuming: what happened while nobody listened is there afterwards, and no list is asked for.
import type { BrowserContext, Page } from '@playwright/test';
import {
  article,
  deviceOf,
  expect,
  expectUnread,
  freshUser,
  listRequests,
  live,
  openPanel,
  panel,
  resumable,
  signIn,
  test,
  toast,
} from './support';

const articles = (page: Page) => panel(page).getByRole('article');

/** Cuts the browser off once its pages could resume, and waits until they have noticed. */
async function goOffline(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) await resumable(page);
  await context.setOffline(true);
  for (const page of context.pages())
    await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', false, { timeout: 15_000 });
}

test.describe('the browser was offline', () => {
  // A line that went dead without a word is noticed by an answer that doesn't come.
  test.slow();

  test('20 notifications are all there, and the last of them rang', async ({ page, context, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'Before' });
    await signIn(page, user);
    await expectUnread(page, 1);
    await goOffline(context);
    for (let n = 1; n <= 20; n += 1) await sender.send(user, { title: `Missed ${n}.` });
    await expectUnread(page, 1);

    const lists = listRequests(page);
    await context.setOffline(false);
    await expect(toast(page, 'Missed 20.')).toBeVisible();
    await expect(toast(page, 'Missed')).toHaveCount(3);
    await openPanel(page);
    await expect(articles(page)).toHaveCount(21);
    await expectUnread(page, 21);
    const titles = await articles(page).getByRole('heading').allTextContents();
    expect(titles.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => `Missed ${20 - n}.`));
    await live(page);
    expect(lists).toEqual([]);
  });

  test('what another device did is done here, too', async ({ page, context, sender, baseURL }) => {
    const user = freshUser();
    const ids: string[] = [];
    for (const title of ['Opened', 'Deleted', 'Archived', 'Kept'])
      ids.push(await sender.send(user, { title }));
    const [read, deleted, archived] = ids;
    await signIn(page, user);
    await openPanel(page);
    await expectUnread(page, 4);
    await goOffline(context);
    const device = await deviceOf(user, baseURL);
    await device.post(`/api/notifications/${read}/mark_as_read/`);
    await device.delete(`/api/notifications/${deleted}/`);
    await device.post(`/api/notifications/${archived}/archive/`);

    const lists = listRequests(page);
    await context.setOffline(false);
    await expect(articles(page)).toHaveCount(2);
    await expect(article(page, 'Opened')).not.toContainText('Unread');
    await expect(article(page, 'Kept')).toContainText('Unread');
    await expectUnread(page, 1);
    expect(lists).toEqual([]);

    await goOffline(context);
    await device.post(`/api/notifications/${archived}/mark_as_unread/`);
    await context.setOffline(false);
    await expect(article(page, 'Archived')).toContainText('Unread');
    await expectUnread(page, 2);
    await device.dispose();
  });

  test('all read on another device is all read here', async ({ page, context, sender, baseURL }) => {
    const user = freshUser();
    for (const title of ['One', 'Two']) await sender.send(user, { title });
    await signIn(page, user);
    await expectUnread(page, 2);
    await goOffline(context);
    const device = await deviceOf(user, baseURL);
    await device.post('/api/notifications/mark_all_read/');
    await device.dispose();
    await sender.send(user, { title: 'Three' });
    await context.setOffline(false);
    await expectUnread(page, 1);
    await openPanel(page);
    await expect(panel(page).locator('.dot')).toHaveCount(1);
    await expect(article(page, 'Three')).toContainText('Unread');
  });

  test('both tabs know everything, each by itself', async ({ page, context, sender }) => {
    const user = freshUser();
    await signIn(page, user);
    const second = await context.newPage();
    await second.goto('/');
    await live(second);
    await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', true);
    await goOffline(context);
    for (const title of ['One', 'Two', 'Three']) await sender.send(user, { title });
    const lists = [...[page, second].map(listRequests)];
    await context.setOffline(false);
    for (const tab of [page, second]) {
      await expectUnread(tab, 3);
      await openPanel(tab);
      await expect(articles(tab)).toHaveCount(3);
    }
    expect(lists).toEqual([[], []]);
    await article(page, 'Two').getByRole('button', { name: 'Mark as read' }).click();
    await expectUnread(second, 2);
    await expect(article(second, 'Two')).not.toContainText('Unread');
  });

  test('a change of user under an open page leaves nothing behind', async ({ page, context, sender }) => {
    const [first, second] = [freshUser(), freshUser()];
    await sender.send(first, { title: 'A secret' });
    await sender.send(second, { title: 'My own' });
    await signIn(page, first);
    await openPanel(page);
    await expect(article(page, 'A secret')).toBeVisible();
    await goOffline(context);
    await page.request.post('/api/session/demo/', { data: { username: second } });
    await context.setOffline(false);
    await expect(article(page, 'My own')).toBeVisible();
    await expect(panel(page)).not.toContainText('A secret');
    await expectUnread(page, 1);
    await sender.send(first, { title: 'Another secret' });
    await sender.send(second, { title: 'Mine again' });
    await expect(article(page, 'Mine again')).toBeVisible();
    await expect(panel(page)).not.toContainText('secret');
  });
});

test.describe('the line', () => {
  test('a push that got lost is there after the next hello', async ({ page, sender }) => {
    const user = freshUser();
    let swallow = false;
    await page.clock.install();
    await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (!swallow || !String(message).includes('"type":"notification"')) socket.send(message);
        else if (String(message).startsWith('{"type":"sync"')) socket.send(message);
      });
    });
    await signIn(page, user);
    await resumable(page);
    swallow = true;
    await sender.send(user, { title: 'Lost' });
    await sender.send(user, { title: 'Lost, too' });
    const lists = listRequests(page);
    await expectUnread(page, 0);
    await page.clock.runFor(9 * 60_000);
    await expectUnread(page, 2);
    await expect(toast(page, 'Lost')).toHaveCount(2);
    expect(lists).toEqual([]);
  });

  test('sent away by the server, the client comes back and resumes', async ({ page, sender }) => {
    const user = freshUser();
    let sendAway = () => {};
    const hellos: string[] = [];
    await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        hellos.push(String(message));
        server.send(message);
      });
      sendAway = () => socket.send('{"type":"reconnect","after_ms":1000}');
    });
    await signIn(page, user);
    await resumable(page);
    await openPanel(page);
    await expect(panel(page)).toContainText('All quiet');
    const lists = listRequests(page);
    sendAway();
    await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', false);
    await sender.send(user, { title: 'Meanwhile' });
    await live(page);
    await expect(article(page, 'Meanwhile')).toBeVisible();
    expect(hellos[0]).toBe('{"type":"hello","cursor":null}');
    expect(hellos[1]).toMatch(/^\{"type":"hello","cursor":"[^"]+"\}$/);
    expect(lists).toEqual([]);
  });
});
