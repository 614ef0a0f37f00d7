// How every view looks: axe finds nothing to complain about, and a picture of each is kept.
import {
  bell,
  expect,
  expectAccessible,
  freshUser,
  openPanel,
  panel,
  shoot,
  signIn,
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

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('signed out', async ({ page }) => {
      await page.goto('/');
      await expect(page.locator('#signed-out')).toBeVisible();
      await expectAccessible(page);
      await shoot(page, `${scheme}-signed-out`);
      await openPanel(page);
      await expect(panel(page)).toContainText('You are signed out');
      await expectAccessible(page);
      await shoot(page, `${scheme}-signed-out-panel`);
    });

    test('admin with the form', async ({ page }) => {
      await signIn(page, 'admin');
      await expectAccessible(page);
      await page.getByLabel('Title', { exact: true }).fill('');
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(page.locator('[aria-invalid]')).toHaveCount(1);
      await expectAccessible(page);
      await shoot(page, `${scheme}-admin`);
    });

    test('empty, then a full panel and a toast', async ({ page, sender }) => {
      const user = freshUser();
      await signIn(page, user);
      await openPanel(page);
      await expect(panel(page)).toContainText('All quiet');
      await expectAccessible(page);
      await shoot(page, `${scheme}-empty`);
      await page.keyboard.press('Escape');

      for (const draft of inbox) await sender.send(user, draft);
      await expect(bell(page)).toHaveAccessibleName('Notifications, 7 unread');
      await page.reload();
      await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', true);
      await openPanel(page);
      for (const name of [/Import stopped/, /now an analyst/, /Permission denied/]) {
        await panel(page)
          .getByRole('button', { name: new RegExp(`Mark as read: .*${name.source}`) })
          .click();
      }
      await sender.send(user, last);
      await panel(page)
        .getByRole('article')
        .first()
        .evaluate((element) => element.scrollIntoView());
      await expect(toast(page, 'Weekly demand report')).toBeVisible();
      await expect(bell(page)).toHaveAccessibleName('Notifications, 5 unread');
      await expectAccessible(page);
      await shoot(page, `${scheme}-panel`);

      await page.setViewportSize({ width: 390, height: 844 });
      await expectAccessible(page);
      await shoot(page, `${scheme}-phone-panel`);
      await page.keyboard.press('Escape');
      await expectAccessible(page);
      await shoot(page, `${scheme}-phone`);
    });

    test('offline', async ({ page }) => {
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
      await signIn(page, freshUser());
      await openPanel(page);
      down = true;
      cut();
      await expect(panel(page)).toContainText('Offline. Reconnecting', { timeout: 15_000 });
      await expectAccessible(page);
      await shoot(page, `${scheme}-offline`);
    });
  });
}

test('the theme attribute overrides the system', async ({ page }) => {
  await signIn(page, freshUser());
  const background = () => panel(page).evaluate((element) => getComputedStyle(element).backgroundColor);
  await openPanel(page);
  const light = await background();
  await page.locator('belfry-inbox').evaluate((element) => element.setAttribute('theme', 'dark'));
  expect(await background()).not.toBe(light);
});
