// What a page can switch on: the count in its title and on its icon, sound, and notifications of the system.
import type { Page } from '@playwright/test';
import {
  article,
  expect,
  expectNew,
  expectUnread,
  freshUser,
  openPanel,
  panel,
  signIn,
  test,
} from './support';

const inbox = (page: Page) => page.locator('belfry-inbox');
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
