// What happens when one arrives: the bell, toasts, announcements, sound, badges, and a list that doesn't move.
import type { Page } from '@playwright/test';
import {
  article,
  bell,
  expect,
  expectNew,
  expectUnread,
  freshUser,
  openPanel,
  panel,
  signIn,
  tab,
  test,
  toast,
  wholeAnswer,
} from './support';

const inbox = (page: Page) => page.locator('belfry-inbox');
const scroller = (page: Page) => panel(page).locator('.scroll');

test.describe('the bell', () => {
  test('counts what is new until the panel was open, here and after a reload', async ({ page, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'One' });
    await signIn(page, user);
    await expectNew(page, 1);
    await expect(bell(page).locator('.badge')).toHaveText('1');
    await openPanel(page);
    await expectNew(page, 0);
    await expectUnread(page, 1);
    await expect(bell(page).locator('.badge')).toHaveCount(0);
    await sender.send(user, { title: 'Two' });
    await expect(article(page, 'Two')).toBeVisible();
    await expectNew(page, 0);
    await page.keyboard.press('Escape');
    await sender.send(user, { title: 'Three' });
    await expectNew(page, 1);
    await page.reload();
    await expectNew(page, 1);
    await expectUnread(page, 3);
  });

  test('stops counting at 99+', async ({ page, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'One of many' });
    const counts = { unread_count: 100, unseen_count: 100 };
    await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.type === 'welcome') Object.assign(frame, counts);
        socket.send(JSON.stringify(frame));
      });
    });
    await page.route('**/api/notifications/?**', async (route) => {
      const answer = await wholeAnswer(route);
      const json = { ...(await answer.json()), unread_count: 100, next: '/api/notifications/?cursor=more' };
      await route.fulfill({ response: answer, json });
    });
    await page.route('**/unread_count/', (route) => route.fulfill({ json: counts }));
    await signIn(page, user);
    await expect(bell(page)).toHaveAccessibleName('Notifications, 99+ new');
    await expect(bell(page).locator('.badge')).toHaveText('99+');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});

test.describe('toasts', () => {
  test('are at most three, wait while looked at, and can be dismissed', async ({ page, sender }) => {
    const user = freshUser();
    await page.clock.install();
    await signIn(page, user);
    for (const title of ['One', 'Two', 'Three', 'Four']) await sender.send(user, { title });
    await expectUnread(page, 4);
    await expect(toast(page, 'One')).toHaveCount(0);
    await expect(toast(page, 'Four')).toBeVisible();

    await toast(page, 'Four').hover();
    await page.clock.runFor(20_000);
    await expect(toast(page, 'Two')).toBeVisible();
    await toast(page, 'Two').getByRole('button', { name: 'Dismiss' }).click();
    await expect(toast(page, 'Two')).toHaveCount(0);
    await page.mouse.move(5, 300);
    await page.clock.runFor(7_000);
    await expect(toast(page, 'Four')).toHaveCount(0);
    await expectUnread(page, 4);
  });

  test('wait for the focus in them, which stays near when one is dismissed by key', async ({
    page,
    sender,
  }) => {
    const user = freshUser();
    await page.clock.install();
    await signIn(page, user);
    for (const title of ['One', 'Two']) await sender.send(user, { title });
    const dismiss = (title: string) => toast(page, title).getByRole('button', { name: 'Dismiss' });
    await expect(dismiss('Two')).toBeVisible();
    await bell(page).focus();
    await page.keyboard.press('Tab');
    await expect(dismiss('One')).toBeFocused();
    await page.clock.runFor(20_000);
    await expect(toast(page, 'One')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(toast(page, 'One')).toHaveCount(0);
    await expect(dismiss('Two')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(toast(page, 'Two')).toHaveCount(0);
    await expect(bell(page)).toBeFocused();
  });

  test('wait for a tab that nobody looks at', async ({ page, sender }) => {
    const user = freshUser();
    await page.clock.install();
    await signIn(page, user);
    const hide = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await sender.send(user, { title: 'Waiting' });
    await expect(toast(page, 'Waiting')).toBeVisible();
    await hide(true);
    await page.clock.runFor(60_000);
    await expect(toast(page, 'Waiting')).toHaveCount(1);
    await hide(false);
    await page.clock.runFor(5_000);
    await expect(toast(page, 'Waiting')).toHaveCount(1);
    await page.clock.runFor(2_000);
    await expect(toast(page, 'Waiting')).toHaveCount(0);
  });

  test('stay longer where it matters, and go when it was read elsewhere', async ({ page, sender }) => {
    const user = freshUser();
    await page.clock.install();
    await signIn(page, user);
    await sender.send(user, { title: 'Calm' });
    await sender.send(user, { title: 'Fire', notification_type: 'error' });
    await expect(toast(page, 'Fire')).toBeVisible();
    await page.clock.runFor(8_000);
    await expect(toast(page, 'Calm')).toHaveCount(0);
    await expect(toast(page, 'Fire')).toBeVisible();
    await page.request.post('/api/notifications/mark_all_read/');
    await expect(toast(page, 'Fire')).toHaveCount(0);
  });

  test('never lie over the open panel, whose list shows the same', async ({ page, sender }) => {
    const user = freshUser();
    await signIn(page, user);
    await sender.send(user, { title: 'Before' });
    await expect(toast(page, 'Before')).toBeVisible();
    await openPanel(page);
    await expect(toast(page, 'Before')).toHaveCount(0);
    await sender.send(user, { title: 'Meanwhile' });
    await expect(article(page, 'Meanwhile')).toBeVisible();
    await expect(toast(page, 'Meanwhile')).toHaveCount(0);
  });
});

test.describe('the list', () => {
  test('stands still while it is read further down, and says how many are new', async ({ page, sender }) => {
    const user = freshUser();
    for (let n = 1; n <= 15; n += 1) await sender.send(user, { title: `Number ${n}.` });
    await signIn(page, user);
    await openPanel(page);
    await scroller(page).evaluate((element) => element.scrollTo(0, 400));
    const where = () => article(page, 'Number 9.').evaluate((element) => element.getBoundingClientRect().top);
    const before = await where();
    for (const title of ['New one', 'New two']) await sender.send(user, { title });
    const pill = panel(page).getByRole('button', { name: '2 new' });
    await expect(pill).toBeVisible();
    expect(await where()).toBe(before);
    await expect(article(page, 'New two')).toHaveCount(0);
    await pill.click();
    await expect(article(page, 'New two')).toBeInViewport();
    await expect(article(page, 'New one')).toBeInViewport();
    await expect(pill).toHaveCount(0);
    await expectNew(page, 0);
  });

  test('of what was put away says so, too, and leads to what is new', async ({ page, sender }) => {
    const user = freshUser();
    await signIn(page, user);
    await openPanel(page);
    await tab(page, 'Archived').click();
    await expect(panel(page)).toContainText('Nothing here');
    await sender.send(user, { title: 'Elsewhere' });
    await panel(page).getByRole('button', { name: '1 new' }).click();
    await expect(tab(page, 'All')).toHaveAttribute('aria-selected', 'true');
    await expect(article(page, 'Elsewhere')).toBeVisible();
  });

  test('shows how often the same has happened, without ringing again', async ({ page, sender }) => {
    const user = freshUser();
    let repeat = () => {};
    await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const frame = JSON.parse(String(message));
        socket.send(message);
        if (frame.type !== 'notification') return;
        const { notification_id, changed } = frame;
        const later = changed.replace(/^(.{8}-.{4}-7).../, '$1fff');
        repeat = () =>
          socket.send(
            JSON.stringify({
              ...frame,
              type: 'notification_updated',
              notification_id,
              changed: later,
              count: 12,
            }),
          );
      });
    });
    await signIn(page, user);
    await sender.send(user, { title: 'Access denied', notification_type: 'permission_denied' });
    await expect(toast(page, 'Access denied')).toBeVisible();
    await toast(page, 'Access denied').getByRole('button', { name: 'Dismiss' }).click();
    repeat();
    await openPanel(page);
    await expect(article(page, 'Access denied').getByRole('img', { name: 'Happened 12 times' })).toHaveText(
      '×12',
    );
    await page.keyboard.press('Escape');
    await expect(toast(page, 'Access denied')).toHaveCount(0);
  });
});

test('an alert is announced as one, the rest politely, and a burst at once', async ({ page, sender }) => {
  const user = freshUser();
  await page.clock.install();
  await signIn(page, user);
  const polite = inbox(page).locator('> [role=status]');
  const urgent = inbox(page).locator('> [role=alert]');
  await sender.send(user, { title: 'Calm', notification_type: 'success', message: 'All is well' });
  await expect(polite).toHaveText('Success: Calm. All is well');
  await expect(urgent).toBeEmpty();
  await sender.send(user, { title: 'Fire', notification_type: 'error', message: 'Look now' });
  await expect(urgent).toHaveText('Error: Fire. Look now');
  await expect(polite).toBeEmpty();
  // However long the three take, they come within a moment of the page.
  await page.clock.pauseAt(Date.now() + 60_000);
  await Promise.all(['a', 'b', 'c'].map((title) => sender.send(user, { title })));
  await expect(toast(page, 'Nothing to do.')).toHaveCount(3);
  await page.clock.runFor(500);
  await expect(polite).toHaveText(/^3 new notifications\. Latest: [abc]$/);
});
