// A tab's part in the shared socket, with everything around it played by the test.
import { mock } from 'node:test';
import { type SharedOptions, SharedSocket } from '../../src/client/shared-socket.js';
import { FakeWebSocket, newest } from './fake-socket.js';
import { settled, welcome } from './support.js';
import { openBrowser } from './tabs.js';

/** The browser: its page, whose session it has, and how often that was asked. */
export const browser = { page: new EventTarget(), session: 'ana', asked: 0 };

/** Opens another one, in which time stands still. */
export function begin(): void {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  Object.assign(browser, { page: openBrowser(true), session: 'ana', asked: 0 });
}

/** One tab, which shows what it hears. */
export class Tab {
  readonly heard: string[] = [];
  opened = 0;
  readonly downs: boolean[] = [];
  doubts = 0;
  user: string | null;
  readonly shared: SharedSocket;

  constructor(
    readonly cursor: string | null = null,
    user: string | null = 'ana',
    over: Partial<SharedOptions> = {},
  ) {
    this.user = user;
    this.shared = new SharedSocket({
      name: 'test',
      url: 'ws://here/',
      user: () => this.user,
      whoAmI: async () => {
        browser.asked += 1;
        return browser.session;
      },
      greeting: () => JSON.stringify({ type: 'hello', cursor }),
      onOpen: () => void this.opened++,
      onText: (data) => this.#hear(JSON.parse(data as string)),
      onDown: (refused) => void this.downs.push(refused),
      onDoubt: () => void this.doubts++,
      ...over,
    });
  }

  #hear(frame: { type: string; user?: string; cursor?: string; notification_id?: string }): void {
    this.heard.push(frame.type);
    if (frame.user !== undefined) this.user = frame.user;
    if (frame.type === 'welcome') this.shared.line.answered(this.cursor === null);
    if (frame.type === 'sync') this.shared.line.answered(true);
  }

  async start(): Promise<this> {
    this.shared.line.start();
    await settled();
    return this;
  }
}

/** The server answers the first hello of the newest socket. */
export async function greeted(user = browser.session): Promise<FakeWebSocket> {
  const socket = newest();
  socket.open();
  socket.say(welcome({ user }));
  await settled();
  return socket;
}

/** The cursors that were said over a socket. */
export const hellos = (socket: FakeWebSocket) => socket.sent.map((text) => JSON.parse(text).cursor);
/** The sockets that are open. */
export const open = () => FakeWebSocket.all.filter(({ readyState }) => readyState === FakeWebSocket.OPEN);
