// The main job, end to end: a notification is created, and rings where it should and nowhere else.
import type { Browser, Page } from '@playwright/test';
import {
  article,
  bell,
  expect,
  expectUnread,
  freshUser,
  live,
  openPanel,
  panel,
  signIn,
  test,
  toast,
} from './support';

async function newPage(browser: Browser, baseURL: string | undefined): Promise<Page> {
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  return context.newPage();
}

async function sendByForm(admin: Page, user: string, title: string): Promise<void> {
  await admin.getByLabel('To', { exact: true }).fill(user);
  await admin.getByLabel('Type', { exact: true }).selectOption('report_ready');
  await admin.getByLabel('Title', { exact: true }).fill(title);
  await admin.getByLabel('Message', { exact: true }).fill('Forty-two products moved.');
  await admin.getByRole('button', { name: 'Send' }).click();
  await expect(admin.getByText(`Sent to ${user}.`)).toBeVisible();
}

async function unreadOf(page: Page): Promise<number> {
  const answer = await page.request.get('/api/notifications/unread_count/');
  return (await answer.json()).unread_count;
}

test('admin sends, one tab of ana rings and both show it, bruno hears nothing', async ({
  browser,
  baseURL,
  page,
  sender,
}) => {
  const second = await page.context().newPage();
  const [bruno, admin] = await Promise.all([newPage(browser, baseURL), newPage(browser, baseURL)]);
  const stamp = Date.now().toString(36);
  const first = `Demand report ${stamp}`;
  const other = `Price alert ${stamp}`;

  await signIn(page, 'ana');
  await second.goto('/');
  await live(second);
  await signIn(bruno, 'bruno');
  await signIn(admin, 'admin');
  const before = await unreadOf(page);
  const brunos = await unreadOf(bruno);

  await sendByForm(admin, 'ana', first);
  await expect(toast(second, first)).toBeVisible();
  await expect(toast(page, first)).toHaveCount(0);
  for (const tab of [page, second]) {
    await expectUnread(tab, before + 1);
    await openPanel(tab);
    await expect(article(tab, first)).toContainText('Unread');
  }

  await sender.send('ana', { title: other, notification_type: 'warning' });
  for (const tab of [page, second]) {
    await expect(article(tab, other)).toBeVisible();
    await expectUnread(tab, before + 2);
  }

  await openPanel(bruno);
  await expect(panel(bruno)).not.toContainText(stamp);
  await expectUnread(bruno, brunos);
  await expect(toast(bruno, stamp)).toHaveCount(0);

  await article(page, first).getByRole('button', { name: 'Mark as read' }).click();
  for (const tab of [page, second]) {
    await expectUnread(tab, before + 1);
    await expect(article(tab, first)).not.toContainText('Unread');
    await expect(article(tab, other)).toContainText('Unread');
  }

  await panel(second).getByRole('button', { name: 'Mark all as read' }).click();
  for (const tab of [page, second]) {
    await expectUnread(tab, 0);
    await expect(panel(tab).locator('.dot')).toHaveCount(0);
  }

  await page.reload();
  await openPanel(page);
  await expect(article(page, first)).toBeVisible();
  await expect(article(page, other)).toBeVisible();
  await expectUnread(page, 0);
  await Promise.all([bruno.context().close(), admin.context().close()]);
});

test('the form shows what is wrong beside the field it is wrong in', async ({ page }) => {
  const user = freshUser();
  await signIn(page, 'admin');
  await page.getByLabel('To', { exact: true }).fill(user);
  await page.getByLabel('Title', { exact: true }).fill('');
  await page.getByLabel('Link').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Send' }).click();
  for (const [label, rule] of [
    ['Title', 'Write a title of 1 to 200 characters.'],
    ['Link', 'Give a path such as /reports/42, or an address with http:// or https://, without spaces.'],
  ] as const) {
    const field = page.locator('#send').getByLabel(label);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(rule);
  }
  await page.getByLabel('Title', { exact: true }).fill('Better');
  await page.getByLabel('Link').fill('/dashboard/');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText(`Sent to ${user}.`)).toBeVisible();
  await expect(page.locator('[aria-invalid]')).toHaveCount(0);
});

test('only an administrator sees the form', async ({ page }) => {
  await signIn(page, 'vera');
  await expect(page.getByRole('button', { name: 'Send' })).toBeHidden();
  await expect(page.locator('#who')).toContainText('vera');
});

test('nothing is sent to somebody whom nobody knows', async ({ page }) => {
  await signIn(page, 'admin');
  const to = page.getByLabel('To', { exact: true });
  await to.fill('nobody');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(to).toHaveAccessibleDescription(/no such demo user/);
  await expect(to).toBeFocused();
  await expect(page.getByText('Sent to')).toHaveCount(0);
});

test('a page without a session asks for it once, and then for nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/(api|ws)/.test(pathname)) asked.push(pathname);
  });
  await page.goto('/');
  await expect(page.locator('#signed-out')).toBeVisible();
  await expect(page.locator('belfry-inbox')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual(['/api/user/current/']);
});

test('signing out empties the bell, here and in the other tab', async ({ page, sender }) => {
  const user = 'vera';
  await sender.send(user, { title: 'Before signing out' });
  await signIn(page, user);
  const second = await page.context().newPage();
  await second.goto('/');
  await live(second);

  await page.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of [page, second]) {
    await expect(tab.locator('#signed-out')).toBeVisible({ timeout: 15_000 });
    await expect(bell(tab)).toBeHidden();
    await tab.evaluate(() => {
      const inbox = document.querySelector('belfry-inbox');
      inbox?.toggleAttribute('hidden', false);
      inbox?.open();
    });
    await expect(panel(tab)).toContainText('You are signed out');
    await expect(panel(tab)).not.toContainText('Before signing out');
  }
});
