// Working through the inbox: actions with undo, tabs, the menu of times, single keys, and swipes.
import type { Page } from '@playwright/test';
import {
  article,
  expect,
  expectUnread,
  freshUser,
  notice,
  openPanel,
  panel,
  type Sender,
  signIn,
  tab,
  test,
} from './support';

async function openWith(page: Page, sender: Sender, ...titles: string[]): Promise<void> {
  const user = freshUser();
  for (const title of titles.toReversed()) await sender.send(user, { title });
  await signIn(page, user);
  await openPanel(page);
  await expect(panel(page).getByRole('article')).toHaveCount(titles.length);
}

const act = (page: Page, title: string, name: string) =>
  article(page, title)
    .getByRole('button', { name: `${name}: ${title}`, exact: true })
    .click();
const undo = (page: Page) => notice(page).getByRole('button', { name: 'Undo' });
const menu = (page: Page) => page.getByRole('menu', { name: 'Snooze' });

/** What the server has in one of its lists. */
async function stored(page: Page, status: string): Promise<string[]> {
  const answer = await page.request.get(`/api/notifications/?status=${status}`);
  return (await answer.json()).results.map(({ title }: { title: string }) => title);
}

test.describe('by pointer', () => {
  test('read and unread', async ({ page, sender }) => {
    await openWith(page, sender, 'One', 'Two');
    await act(page, 'One', 'Mark as read');
    await expectUnread(page, 1);
    await tab(page, 'Unread').click();
    await expect(article(page, 'One')).toHaveCount(0);
    await expect(article(page, 'Two')).toBeVisible();
    await tab(page, 'All').click();
    await act(page, 'One', 'Mark as unread');
    await expect(article(page, 'One')).toContainText('Unread');
    await expectUnread(page, 2);
    await expect.poll(() => stored(page, 'unread')).toEqual(['One', 'Two']);
  });

  test('archived, undone, and archived again until it is moved back', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    await act(page, 'One', 'Archive');
    await expect(panel(page)).toContainText('All quiet');
    await expect(notice(page)).toContainText('Archived: One');
    await undo(page).click();
    await expect(article(page, 'One')).toContainText('Unread');
    await expect(notice(page)).toBeEmpty();
    await act(page, 'One', 'Archive');
    await expect.poll(() => stored(page, 'archived')).toEqual(['One']);
    await tab(page, 'Archived').click();
    await act(page, 'One', 'Move back');
    await expect(panel(page)).toContainText('Nothing here');
    await tab(page, 'All').click();
    await expect(article(page, 'One')).toBeVisible();
    await expectUnread(page, 0);
  });

  test('deleted, undone in time, and deleted for good', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    await act(page, 'One', 'Delete');
    await expect(article(page, 'One')).toHaveCount(0);
    await expect(notice(page)).toContainText('Deleted: One');
    await undo(page).click();
    await expect(article(page, 'One')).toBeVisible();
    expect(await stored(page, 'all')).toEqual(['One']);
    await act(page, 'One', 'Delete');
    await expect(notice(page)).toBeEmpty({ timeout: 10_000 });
    await expect.poll(() => stored(page, 'all')).toEqual([]);
  });

  test('snoozed by the menu, and woken from its tab', async ({ page, sender }) => {
    await openWith(page, sender, 'Later', 'Now');
    await expect(tab(page, 'Snoozed')).toHaveCount(0);
    await act(page, 'Later', 'Snooze');
    await expect(menu(page).getByRole('menuitem')).toHaveCount(4);
    await menu(page).getByRole('menuitem', { name: 'tomorrow' }).click();
    await expect(article(page, 'Later')).toHaveCount(0);
    await expect(notice(page)).toContainText('Snoozed: Later');
    await expect.poll(() => stored(page, 'snoozed')).toEqual(['Later']);
    await tab(page, 'Snoozed').click();
    await expect(article(page, 'Later').getByRole('time')).toHaveText(/^until .*9:00/);
    await act(page, 'Later', 'Wake now');
    await expect(panel(page)).toContainText('Nothing here');
    await tab(page, 'All').click();
    await expect(article(page, 'Later')).toContainText('Unread');
  });

  test('a click on one without a link reads it, and selecting its text does not', async ({
    page,
    sender,
  }) => {
    await openWith(page, sender, 'Plain');
    await article(page, 'Plain').locator('.message').dblclick();
    await expectUnread(page, 0);
    await act(page, 'Plain', 'Mark as unread');
    await expectUnread(page, 1);
    const box = await article(page, 'Plain').locator('.message').boundingBox();
    if (!box) throw new Error('the message has no place');
    await page.mouse.move(box.x + 2, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y + 8, { steps: 4 });
    await page.mouse.up();
    expect(await page.evaluate(() => `${getSelection()}`)).not.toBe('');
    await expectUnread(page, 1);
  });
});

test.describe('by keyboard', () => {
  test('keys go through the list and do what they say', async ({ page, sender }) => {
    await openWith(page, sender, 'One', 'Two', 'Three', 'Four');
    const key = (name: string) => page.keyboard.press(name);
    await key('j');
    await expect(article(page, 'One')).toBeFocused();
    await key('j');
    await key('k');
    await key('u');
    await expectUnread(page, 3);
    await key('u');
    await expectUnread(page, 4);
    await key('e');
    await expect(article(page, 'One')).toHaveCount(0);
    await expect(article(page, 'Two')).toBeFocused();
    await key('#');
    await expect(article(page, 'Two')).toHaveCount(0);
    await key('z');
    await expect(article(page, 'Two')).toBeVisible();
    await article(page, 'Three').focus();
    await key('Delete');
    await expect(article(page, 'Three')).toHaveCount(0);
    await expect(article(page, 'Four')).toBeFocused();
    await key('Enter');
    await expect(article(page, 'Four')).not.toContainText('Unread');
    await expectUnread(page, 1);
  });

  test('the menu of times is a menu', async ({ page, sender }) => {
    await openWith(page, sender, 'One', 'Two');
    const items = menu(page).getByRole('menuitem');
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await expect(items.first()).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(items.last()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('e');
    await expect(article(page, 'One')).toBeVisible();
    await page.keyboard.press('End');
    await expect(items.last()).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(menu(page)).toBeHidden();
    await expect(panel(page)).toBeVisible();
    await expect(article(page, 'One')).toBeFocused();
    await page.keyboard.press('s');
    await page.keyboard.press('Enter');
    await expect(article(page, 'One')).toHaveCount(0);
    await expect(article(page, 'Two')).toBeFocused();
    await page.keyboard.press('z');
    await expect(article(page, 'One')).toContainText('Unread');
  });

  test('arrows choose the tab', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    await tab(page, 'All').focus();
    await page.keyboard.press('ArrowRight');
    await expect(tab(page, 'Unread')).toBeFocused();
    await expect(tab(page, 'Unread')).toHaveAttribute('aria-selected', 'true');
    await expect(panel(page).getByRole('tabpanel', { name: 'Unread' })).toBeVisible();
    await page.keyboard.press('End');
    await expect(tab(page, 'Archived')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowRight');
    await expect(tab(page, 'All')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(article(page, 'One')).toBeFocused();
  });

  test('? tells of the keys, and Escape leads back', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await page.keyboard.press('?');
    await expect(keys).toContainText('Archive');
    await page.keyboard.press('Escape');
    await expect(keys).toBeHidden();
    await expect(panel(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
  });

  test('keys of the browser and of fields stay theirs', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    await page.evaluate(() => {
      const field = document.createElement('input');
      field.slot = 'footer';
      document.querySelector('belfry-inbox')?.append(field);
    });
    await page.locator('belfry-inbox input').fill('');
    await page.locator('belfry-inbox input').pressSequentially('jeu#');
    await expect(page.locator('belfry-inbox input')).toHaveValue('jeu#');
    await article(page, 'One').focus();
    await page.keyboard.press('Control+e');
    await expect(article(page, 'One')).toContainText('Unread');
  });
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  async function swipe(page: Page, title: string, dx: number, dy = 0): Promise<void> {
    const box = await article(page, title).boundingBox();
    if (!box) throw new Error('the notification has no place');
    const [x, y] = [box.x + box.width / 2, box.y + 20];
    const client = await page.context().newCDPSession(page);
    const touch = (type: string, at?: number) =>
      client.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: at === undefined ? [] : [{ x: x + dx * at, y: y + dy * at }],
      });
    await touch('touchStart', 0);
    for (const at of [0.2, 0.5, 0.8, 1]) await touch('touchMove', at);
    await touch('touchEnd');
    await client.detach();
  }

  test('a swipe to the end reads, one to the start archives, and a short one does nothing', async ({
    page,
    sender,
  }) => {
    await openWith(page, sender, 'One', 'Two');
    await swipe(page, 'One', 40);
    await expectUnread(page, 2);
    await swipe(page, 'One', 140);
    await expectUnread(page, 1);
    await expect(article(page, 'One')).not.toContainText('Unread');
    await swipe(page, 'Two', -140);
    await expect(article(page, 'Two')).toHaveCount(0);
    await expect(notice(page)).toContainText('Archived: Two');
    await swipe(page, 'One', 20, -120);
    await expect(article(page, 'One')).toBeVisible();
    await expectUnread(page, 0);
  });

  test('from right to left, it is the other way round', async ({ page, sender }) => {
    await openWith(page, sender, 'One');
    await page.evaluate(() => document.querySelector('belfry-inbox')?.setAttribute('dir', 'rtl'));
    await swipe(page, 'One', -140);
    await expectUnread(page, 0);
    await swipe(page, 'One', 140);
    await expect(article(page, 'One')).toHaveCount(0);
  });
});
