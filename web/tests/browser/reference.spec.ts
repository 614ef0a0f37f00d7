// The API reference: all of it comes from this server, it is accessible, and what is tried out there is really sent.
import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, freshUser, shoot, test } from './support';

const operation = (page: Page, method: string, path: string): Locator =>
  page.locator(`.opblock-${method}:has([data-path="${path}"])`);

async function open(page: Page): Promise<void> {
  await page.goto('/reference/');
  await expect(operation(page, 'get', '/api/notifications/')).toBeVisible();
}

async function tryOut(found: Locator): Promise<void> {
  await found.locator('.opblock-summary-control').click();
  await found.getByRole('button', { name: 'Try it out' }).click();
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('its operations', async ({ page }) => {
      await open(page);
      await expectAccessible(page);
      await shoot(page, `${scheme}-reference`);
    });

    test('an operation on a phone', async ({ page }) => {
      // axe looks at every word of every example.
      test.slow();
      await page.setViewportSize({ width: 390, height: 844 });
      await open(page);
      await tryOut(operation(page, 'post', '/api/notifications/seen/'));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await expectAccessible(page);
      await shoot(page, `${scheme}-phone-reference`);
    });
  });
}

test('nothing comes from elsewhere, and nothing goes wrong', async ({ page, baseURL }) => {
  const errors: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(baseURL ?? '').origin) elsewhere.push(request.url());
  });
  await open(page);
  await tryOut(operation(page, 'get', '/api/notifications/'));
  expect(errors).toEqual([]);
  expect(elsewhere).toEqual([]);
});

test('the demo page leads to it', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'API' }).press('Enter');
  await expect(page).toHaveURL('/reference/');
});

test('what is tried out is sent with the session', async ({ page }) => {
  // The page draws the schemas of all events before it takes a key.
  test.slow();
  await page.request.post('/api/session/demo/', { data: { username: 'admin' } });
  await open(page);
  const create = operation(page, 'post', '/api/notifications/');
  await tryOut(create);
  const draft = { user: freshUser(), title: 'Tried', message: 'Out.', notification_type: 'info' };
  await create.getByLabel('Request body').fill(JSON.stringify(draft));
  await create.getByRole('button', { name: 'Execute' }).click();
  await expect(create.locator('.live-responses-table .response-col_status').last()).toHaveText('201');
});
