// Languages: Portuguese whole, any other by a file, and both directions of writing.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, freshUser, live, shoot, signIn, test } from './support';

const inbox = (page: Page) => page.locator('belfry-inbox');
const bell = (page: Page) => inbox(page).locator('#bell');

async function speak(page: Page, lang: string): Promise<void> {
  await page.evaluate((value) => document.querySelector('belfry-inbox')?.setAttribute('lang', value), lang);
}

test('Portuguese is spoken where the page does', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Relatório semanal', notification_type: 'report_ready' });
  await sender.send(user, { title: 'Acesso negado', notification_type: 'permission_denied' });
  await page.route('/', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace('lang="en"', 'lang="pt-BR"'),
    });
  });
  await page.request.post('/api/session/demo/', { data: { username: user } });
  await page.addInitScript(() => {
    const known = Document.prototype.createElement;
    Document.prototype.createElement = function (this: Document, name: string) {
      const made = known.call(this, name);
      // The demo's own form says which language; this page's language is to count.
      if (name === 'belfry-inbox') made.setAttribute = () => {};
      return made;
    } as typeof known;
  });
  await page.goto('/');
  await live(page);
  await expect(bell(page)).toHaveAccessibleName('Notificações, 2 novas');
  await bell(page).click();
  const panel = page.getByRole('dialog', { name: 'Notificações' });
  await expect(panel.getByRole('tab')).toHaveText(['Todas', 'Não lidas2', 'Arquivadas']);
  await expect(panel).toContainText('Relatório pronto');
  await expect(panel.getByRole('time').first()).toHaveText('agora');
  await panel.getByRole('button', { name: 'Adiar: Acesso negado' }).click();
  await expect(page.getByRole('menuitem')).toHaveText([
    /^em 1 hora/,
    /^em 3 horas/,
    /^amanhã/,
    /^próxima semana/,
  ]);
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await shoot(page, 'pt-BR');
});

test('no word of the component stays English in Portuguese', async ({ page, sender }) => {
  const user = freshUser();
  await signIn(page, user);
  await speak(page, 'pt-BR');
  await bell(page).click();
  const words = await inbox(page).evaluate((element) => {
    const all = [...(element.shadowRoot?.querySelectorAll('*') ?? [])];
    return all.flatMap((it) => [
      it.getAttribute('aria-label') ?? '',
      it.getAttribute('title') ?? '',
      it.textContent,
    ]);
  });
  const english = /\b(Notifications|Unread|All|Mark|Close|Keyboard|Archive|Next|quiet)\b/;
  expect(words.filter((text) => english.test(text ?? ''))).toEqual([]);
  await sender.send(user, { title: 'Um' });
  await sender.send(user, { title: 'Dois' });
});

test('another language is a file of its words, with its own plurals', async ({ page, sender }) => {
  const user = freshUser();
  const words = {
    lang: 'ar',
    heading: 'الإشعارات',
    bell: { one: 'إشعار جديد', two: 'إشعاران جديدان', few: '{n} إشعارات جديدة', other: '{n} إشعار جديد' },
    'tab.all': 'الكل',
  };
  await page.route('/words/ar.json', (route) => route.fulfill({ json: words }));
  await signIn(page, user);
  await page.evaluate(() => {
    const element = document.querySelector('belfry-inbox');
    element?.setAttribute('lang', 'ar');
    element?.setAttribute('dir', 'rtl');
    element?.setAttribute('messages', '/words/ar.json');
  });
  for (const title of ['a', 'b']) await sender.send(user, { title });
  await expect(bell(page)).toHaveAccessibleName('إشعاران جديدان');
  await sender.send(user, { title: 'c' });
  await expect(bell(page)).toHaveAccessibleName('3 إشعارات جديدة');
  await bell(page).click();
  await expect(page.getByRole('dialog', { name: 'الإشعارات' }).getByRole('tab').first()).toHaveText('الكل');
  await expect(page.getByRole('tab', { name: 'Archived' })).toBeVisible();
});

test('words can also be given by the page itself, before or after its script', async ({ page }) => {
  await signIn(page, freshUser());
  await page.evaluate(() => {
    const element = document.querySelector('belfry-inbox');
    if (element) element.messages = { heading: 'Post' };
  });
  await expect(bell(page)).toHaveAccessibleName('Post');
  await page.evaluate(() => {
    const element = document.querySelector('belfry-inbox');
    if (element) element.messages = null;
  });
  await expect(bell(page)).toHaveAccessibleName('Notifications');
});

test('from right to left everything is the other way round', async ({ page, sender }) => {
  const user = freshUser();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page, user);
  await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
  await page.evaluate(() => document.querySelector('belfry-inbox')?.removeAttribute('dir'));
  await sender.send(user, { title: 'تقرير الطلب الأسبوعي جاهز', message: 'اثنان وأربعون منتجا' });
  const toast = inbox(page).locator('.toast');
  await expect(toast).toBeVisible();
  expect((await toast.boundingBox())?.x).toBeLessThan(40);
  await bell(page).click();
  const [at, under] = await Promise.all([
    bell(page).boundingBox(),
    inbox(page).locator('#panel').boundingBox(),
  ]);
  expect(under?.x).toBeCloseTo(at?.x ?? 0, 0);
  const [icon, actions] = await Promise.all(
    ['.icon', '.actions'].map((part) => inbox(page).locator(`article ${part}`).first().boundingBox()),
  );
  expect(icon?.x).toBeGreaterThan(actions?.x ?? 0);
  const [title, dot] = await Promise.all(
    ['.title span', '.dot'].map((part) => inbox(page).locator(`article ${part}`).first().boundingBox()),
  );
  expect(title?.x).toBeGreaterThan((dot?.x ?? 0) + (dot?.width ?? 0));
  await expectAccessible(page);
  await shoot(page, 'rtl');
});
