// The card of the team's services: what other services say reaches the right people, once.
import { article, expect, expectAccessible, freshUser, openPanel, signIn, test, toast } from './support';

test('a report that is ready rings its user, and the event that said so is shown', async ({ page }) => {
  await signIn(page, freshUser());
  await page.getByRole('button', { name: 'Generate report' }).click();
  await expect(toast(page, 'AI Report Ready - Demand')).toBeVisible();
  await expect(page.getByText('One person was notified.')).toBeVisible();
  await expect(page.locator('#service-event')).toContainText('"detail-type": "AI Report Generated"');
  await expectAccessible(page);
});

test('a report that fails again and again is one notification that counts', async ({ page }) => {
  await signIn(page, freshUser());
  const fail = page.getByRole('button', { name: 'Fail report' });
  for (let n = 0; n < 3; n++) {
    await fail.click();
    await expect(page.getByText('One person was notified.')).toBeVisible();
  }
  await openPanel(page);
  await expect(article(page, 'AI Report Failed - Demand')).toHaveCount(1);
  await expect(article(page, 'AI Report Failed - Demand').locator('.times')).toHaveText('×3');
});

test('a changed role is told, and counts without signing in anew', async ({ page }) => {
  await signIn(page, freshUser());
  await expect(page.locator('#role')).toHaveText('Viewer');
  await page.getByRole('button', { name: 'Change role' }).click();
  await expect(page.locator('#role')).toHaveText('Analyst');
  await openPanel(page);
  await expect(article(page, 'Role Changed')).toContainText('Your role is Analyst now; it was Viewer.');
});

test('what somebody may not do is told to the admins, and not to them', async ({ page }) => {
  await signIn(page, freshUser());
  await page.getByRole('button', { name: 'Try something forbidden' }).click();
  await expect(page.getByText('One person was notified.')).toBeVisible();
  await openPanel(page);
  await expect(article(page, 'Permission Denied')).toHaveCount(0);
});

test('an announcement asks for everyone', async ({ page }) => {
  await signIn(page, freshUser());
  // Everyone is in the midst of other tests.
  await page.route('**/api/events/', (route) =>
    route.fulfill({ json: { notifications: [], broadcast_id: '01a21767-b24b-717e-8804-25d5a0260205' } }),
  );
  const asked = page.waitForRequest('**/api/events/');
  await page.getByRole('button', { name: 'Announce to everyone' }).click();
  expect((await asked).postDataJSON().detail.everyone).toBe(true);
  await expect(page.getByText('Notifying everyone.')).toBeVisible();
});
