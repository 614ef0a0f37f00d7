// How every view looks: axe finds nothing to complain about, and a picture of each is kept.
import type { Page } from '@playwright/test';
import {
  article,
  bell,
  expect,
  expectAccessible,
  expectNew,
  freshUser,
  openPanel,
  panel,
  type Sender,
  shoot,
  signIn,
  tab,
  test,
  toast,
} from './support';

const inbox = [
  {
    title: 'Permission denied for bruno',
    notification_type: 'permission_denied',
    message: 'Tried to delete supplier 4711.',
  },
  {
    title: 'You are now an analyst',
    notification_type: 'role_changed',
    message: 'Changed by admin, from viewer.',
  },
  {
    title: 'Forecast could not be built',
    notification_type: 'report_error',
    message: 'The price feed had no data for week 12. It will be tried again tonight.',
  },
  { title: 'Import stopped', notification_type: 'error', message: 'Row 1,204 has no product number.' },
  {
    title: 'Stock is low',
    notification_type: 'warning',
    message: 'Seven products fall below their safety stock this week.',
    redirect_url: '/?stock',
  },
  {
    title: 'Order 2041 confirmed',
    notification_type: 'success',
    message: 'The supplier confirmed all twelve lines.',
  },
  {
    title: 'Maintenance on Sunday',
    notification_type: 'info',
    message: 'From 06:00 to 06:30 UTC reports are read-only.',
  },
];

const last = {
  title: 'Weekly demand report is ready',
  notification_type: 'report_ready',
  message: 'Forty-two products moved more than ten percent. The summary takes two minutes to read.',
  redirect_url: '/?report',
};

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: 'reduce' }));

/** Signs in as somebody who has one of each type, some of them read. */
async function signInWithAll(page: Page, sender: Sender): Promise<string> {
  const user = freshUser();
  for (const draft of inbox) await sender.send(user, draft);
  await signIn(page, user);
  await expectNew(page, inbox.length);
  await openPanel(page);
  for (const title of ['Import stopped', 'You are now an analyst', 'Order 2041 confirmed'])
    await article(page, title).getByRole('button', { name: 'Mark as read' }).click();
  return user;
}

async function checked(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await shoot(page, name);
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('signed out', async ({ page }) => {
      await page.goto('/');
      await expect(page.locator('#signed-out')).toBeVisible();
      await checked(page, `${scheme}-signed-out`);
      await page.evaluate(() =>
        document.querySelector('#bar')?.append(document.createElement('belfry-inbox')),
      );
      await openPanel(page);
      await expect(panel(page)).toContainText('You are signed out');
      await checked(page, `${scheme}-signed-out-panel`);
    });

    test('admin with the form', async ({ page }) => {
      await signIn(page, 'admin');
      await expectAccessible(page);
      await page.getByLabel('Title', { exact: true }).fill('');
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(page.locator('[aria-invalid]')).toHaveCount(1);
      await checked(page, `${scheme}-admin`);
    });

    test('empty, and nothing archived', async ({ page }) => {
      await signIn(page, freshUser());
      await openPanel(page);
      await expect(panel(page)).toContainText('All quiet');
      await checked(page, `${scheme}-empty`);
      await tab(page, 'Archived').click();
      await expect(panel(page)).toContainText('Nothing here');
      await expectAccessible(page);
    });

    test('the panel, its menu, its keys, and what it says', async ({ page, sender }) => {
      test.slow();
      const user = await signInWithAll(page, sender);
      await sender.send(user, last);
      await expect(article(page, last.title)).toBeVisible();
      await article(page, 'Stock is low').hover();
      await checked(page, `${scheme}-panel`);
      await article(page, 'Stock is low').getByRole('button', { name: 'Snooze' }).click();
      await checked(page, `${scheme}-snooze`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await checked(page, `${scheme}-keys`);
      await page.keyboard.press('Escape');
      await article(page, 'Import stopped').getByRole('button', { name: 'Archive' }).click();
      await checked(page, `${scheme}-undo`);
      await page.setViewportSize({ width: 390, height: 844 });
      await checked(page, `${scheme}-phone-panel`);
      await page.keyboard.press('Escape');
      await checked(page, `${scheme}-phone`);
    });

    test('toasts', async ({ page, sender }) => {
      const user = freshUser();
      await signIn(page, user);
      for (const draft of [...inbox.slice(0, 1), ...inbox.slice(4, 5), last]) await sender.send(user, draft);
      await expect(toast(page, last.title)).toBeVisible();
      await expectNew(page, 3);
      await page.mouse.move(1_200, 690);
      await checked(page, `${scheme}-toasts`);
      await page.setViewportSize({ width: 390, height: 844 });
      await checked(page, `${scheme}-phone-toasts`);
    });

    test('offline', async ({ page, sender }) => {
      let down = false;
      let cut = () => {};
      await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
        if (down) return void socket.close();
        const server = socket.connectToServer();
        cut = () => {
          void server.close();
          void socket.close();
        };
      });
      await signInWithAll(page, sender);
      down = true;
      cut();
      await expect(panel(page)).toContainText('Offline. Reconnecting', { timeout: 15_000 });
      await checked(page, `${scheme}-offline`);
    });

    test('loading, and what could not be loaded', async ({ page }) => {
      let answer = () => {};
      const asked = new Promise<void>((done) => {
        answer = done;
      });
      await page.route('**/api/notifications/?**', async (route) => {
        await asked;
        await route.abort();
      });
      await page.routeWebSocket(/\/ws\/notification\//, () => {});
      await page.request.post('/api/session/demo/', { data: { username: freshUser() } });
      await page.goto('/');
      await openPanel(page);
      await expect(panel(page).getByRole('img', { name: 'Loading' })).toBeVisible();
      await checked(page, `${scheme}-loading`);
      answer();
      await expect(panel(page)).toContainText("Notifications couldn't be loaded");
      await checked(page, `${scheme}-error`);
    });
  });
}

test('in forced colours everything keeps its outline', async ({ page, sender }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const user = await signInWithAll(page, sender);
  await checked(page, 'forced-colors');
  await page.keyboard.press('Escape');
  await sender.send(user, last);
  await expect(bell(page).locator('.badge')).toHaveText('1');
  const line = (part: string) =>
    page.locator(`belfry-inbox ${part}`).evaluate((it) => getComputedStyle(it).borderBottomWidth);
  expect(await line('#tab-all')).toBe('2px');
  expect(await line('#tab-unread')).toBe('0px');
  const outline = (part: string) =>
    page.locator(`belfry-inbox ${part}`).evaluate((it) => {
      const { borderTopWidth, outlineWidth, outlineStyle } = getComputedStyle(it);
      return borderTopWidth !== '0px' || (outlineWidth !== '0px' && outlineStyle !== 'none');
    });
  expect(await outline('.badge')).toBe(true);
  expect(await outline('.toast')).toBe(true);
});

test('with more contrast what was faint is as dark as the text', async ({ page, sender }) => {
  await page.emulateMedia({ contrast: 'more', reducedMotion: 'reduce' });
  await signInWithAll(page, sender);
  const colour = (part: string) =>
    page
      .locator(`belfry-inbox ${part}`)
      .first()
      .evaluate((it) => getComputedStyle(it).color);
  expect(await colour('.message')).toBe(await colour('.title'));
  await checked(page, 'more-contrast');
});

test('with reduced motion nothing moves, and else it does', async ({ page }) => {
  await signIn(page, freshUser());
  await openPanel(page);
  const animation = () => panel(page).evaluate((it) => getComputedStyle(it).animationName);
  expect(await animation()).toBe('none');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await animation()).not.toBe('none');
});

test('on a phone the panel is the screen, and its buttons are big enough for a finger', async ({
  page,
  sender,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInWithAll(page, sender);
  expect(await panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  const size = await article(page, 'Stock is low').getByRole('button', { name: 'Archive' }).boundingBox();
  expect(size?.width).toBeGreaterThanOrEqual(40);
  expect(size?.height).toBeGreaterThanOrEqual(40);
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await expect(panel(page)).toBeHidden();
});

test('the theme attribute overrides the system', async ({ page }) => {
  await signIn(page, freshUser());
  const background = () => panel(page).evaluate((element) => getComputedStyle(element).backgroundColor);
  await openPanel(page);
  const light = await background();
  await page.locator('belfry-inbox').evaluate((element) => element.setAttribute('theme', 'dark'));
  expect(await background()).not.toBe(light);
});
