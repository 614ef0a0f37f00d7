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
              data: { count: 12 },
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
  await signIn(page, user);
  const polite = inbox(page).locator('> [role=status]');
  const urgent = inbox(page).locator('> [role=alert]');
  await sender.send(user, { title: 'Calm', notification_type: 'success', message: 'All is well' });
  await expect(polite).toHaveText('Success: Calm. All is well');
  await expect(urgent).toBeEmpty();
  await sender.send(user, { title: 'Fire', notification_type: 'error', message: 'Look now' });
  await expect(urgent).toHaveText('Error: Fire. Look now');
  await expect(polite).toBeEmpty();
  await Promise.all(['a', 'b', 'c'].map((title) => sender.send(user, { title })));
  await expect(polite).toHaveText(/^3 new notifications\. Latest: [abc]$/);
});

test.describe('where the page wants it', () => {
  const set = (page: Page, name: string, value = '') =>
    inbox(page).evaluate((element, [n, v]) => element.setAttribute(n as string, v as string), [name, value]);

  test('the title of the page counts', async ({ page, sender }) => {
    const user = freshUser();
    await signIn(page, user);
    await sender.send(user, { title: 'One' });
    await expectNew(page, 1);
    await expect(page).toHaveTitle('Belfry demo');
    await set(page, 'title-badge');
    await expect(page).toHaveTitle('(1) Belfry demo');
    await sender.send(user, { title: 'Two' });
    await expect(page).toHaveTitle('(2) Belfry demo');
    await openPanel(page);
    await expect(page).toHaveTitle('Belfry demo');
  });

  test('the icon of the app counts', async ({ page, sender }) => {
    const user = freshUser();
    await page.addInitScript(() => {
      Object.assign(window, { counts: [] });
      navigator.setAppBadge = async (n) => void (window as unknown as { counts: unknown[] }).counts.push(n);
    });
    const counts = () => page.evaluate(() => (window as unknown as { counts: unknown[] }).counts.at(-1));
    await signIn(page, user);
    await set(page, 'app-badge');
    await sender.send(user, { title: 'One' });
    await expect.poll(counts).toBe(1);
    await openPanel(page);
    await expect.poll(counts).toBe(0);
  });

  test('it sounds, once for a burst, and never before the page was touched', async ({ page, sender }) => {
    const user = freshUser();
    await page.addInitScript(() => {
      Object.assign(window, { struck: 0 });
      // What drives this test counts as a touch of its own.
      const touched = { hasBeenActive: false };
      Object.defineProperty(navigator, 'userActivation', { value: touched });
      addEventListener('click', () => Object.assign(touched, { hasBeenActive: true }));
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (at) {
        Object.assign(window, { struck: (window as unknown as { struck: number }).struck + 1 });
        return start.call(this, at);
      };
    });
    const struck = () => page.evaluate(() => (window as unknown as { struck: number }).struck);
    await signIn(page, user);
    await set(page, 'sound');
    await sender.send(user, { title: 'Too early' });
    await expectUnread(page, 1);
    expect(await struck()).toBe(0);
    await page.mouse.click(5, 300);
    await Promise.all(['a', 'b'].map((title) => sender.send(user, { title })));
    await expectUnread(page, 3);
    await expect.poll(struck).toBe(1);
  });

  test('the system tells of it, once a click has allowed that', async ({ page, sender }) => {
    const user = freshUser();
    await page.addInitScript(() => {
      const shown: unknown[] = [];
      let permission = 'default';
      class Fake {
        static asked = 0;
        static get permission() {
          return permission;
        }
        static async requestPermission() {
          Fake.asked += 1;
          permission = 'granted';
          return permission;
        }
        constructor(title: string, options: object) {
          shown.push({ title, ...options });
        }
        close() {}
      }
      Object.assign(window, { Notification: Fake, shown });
    });
    const asked = () => page.evaluate(() => (Notification as unknown as { asked: number }).asked);
    const shown = () => page.evaluate(() => (window as unknown as { shown: { title: string }[] }).shown);
    await signIn(page, user);
    await openPanel(page);
    const button = panel(page).getByRole('button', { name: 'Allow desktop notifications' });
    await expect(button).toHaveCount(0);
    await set(page, 'desktop');
    await expect(button).toBeVisible();
    expect(await asked()).toBe(0);
    await button.click();
    await expect(button).toHaveCount(0);
    expect(await asked()).toBe(1);
    await sender.send(user, { title: 'In sight' });
    await expect(article(page, 'In sight')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
    await sender.send(user, { title: 'In the background', message: 'Come back' });
    await expect
      .poll(shown)
      .toEqual([expect.objectContaining({ title: 'In the background', body: 'Come back' })]);
  });
});
