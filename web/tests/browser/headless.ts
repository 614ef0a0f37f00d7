// The client by itself, on a page without the element.
import type { Page } from '@playwright/test';
import type { BelfryClient, ClientView, Failure, Notification } from '../../src/client/index.js';
import { expect } from './support';

interface Held extends Window {
  client: BelfryClient;
  rang: string[];
  edited: string[];
  failed: string[];
}

/** Signs in without the page's help. */
export async function session(page: Page, username: string): Promise<void> {
  const answer = await page.request.post('/api/session/demo/', { data: { username } });
  expect(answer.ok()).toBe(true);
}

/** Opens a page with nothing but a client on it, and begins. */
export async function openClient(page: Page): Promise<void> {
  await page.goto('/favicon.svg');
  await page.evaluate(async () => {
    const path = '/belfry-client.js';
    const { BelfryClient: Client } = await import(path);
    const held = window as unknown as Held;
    const client: BelfryClient = new Client();
    Object.assign(held, { client, rang: [], edited: [], failed: [] });
    const told = <T>(event: Event) => (event as CustomEvent<T>).detail;
    client.addEventListener('notification', (event) => held.rang.push(told<Notification>(event).title));
    client.addEventListener('updated', (event) => held.edited.push(told<Notification>(event).title));
    client.addEventListener('failed', (event) => held.failed.push(told<Failure>(event).action));
    await client.start();
  });
}

/** What the client shows. */
export function view(page: Page): Promise<ClientView> {
  return page.evaluate(() => (window as unknown as Held).client.view);
}

/** What it has told of: what rang, what changed its words, what failed. */
export function told(page: Page, what: 'rang' | 'edited' | 'failed'): Promise<string[]> {
  return page.evaluate((name) => (window as unknown as Held)[name], what);
}

/** Has the client do something. */
export function act<K extends keyof BelfryClient>(
  page: Page,
  name: K,
  ...args: (string | boolean)[]
): Promise<void> {
  return page.evaluate(
    ([method, given]) =>
      (window as unknown as { client: Record<string, (...all: unknown[]) => unknown> }).client[
        method as string
      ]?.(...(given as unknown[])) as Promise<void>,
    [name, args] as const,
  );
}

/** Expects these titles in the list, newest first. */
export async function expectTitles(page: Page, ...titles: string[]): Promise<void> {
  await expect.poll(async () => (await view(page)).items.map(({ title }) => title)).toEqual(titles);
}

/** Waits until the client is connected, and would go on from here after a break. */
export async function connected(page: Page): Promise<void> {
  await expect.poll(async () => (await view(page)).live).toBe(true);
}
