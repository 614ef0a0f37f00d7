// A tab's part in the shared socket, with everything around it played by the test.
import { mock } from 'node:test';
import { SharedConnection, type SharedConnectionOptions } from '../../src/client/shared-connection.js';
import { installBrowser } from './fake-browser.js';
import { FakeWebSocket, newest } from './fake-socket.js';
import { flushMicrotasks, welcome } from './support.js';

/** The browser: its page, whose session it has, and how often that was asked. */
export const browser = { page: new EventTarget(), session: 'ana', whoAmICalls: 0 };

/** Opens another one, in which time stands still. */
export function openFakeBrowser(): void {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  Object.assign(browser, { page: installBrowser(true), session: 'ana', whoAmICalls: 0 });
}

/** One tab, which shows what it hears. */
export class Tab {
  readonly received: string[] = [];
  opened = 0;
  readonly disconnects: boolean[] = [];
  sessionChanges = 0;
  user: string | null;
  readonly connection: SharedConnection;

  constructor(
    readonly cursor: string | null = null,
    user: string | null = 'ana',
    over: Partial<SharedConnectionOptions> = {},
  ) {
    this.user = user;
    this.connection = new SharedConnection({
      name: 'test',
      url: 'ws://here/',
      user: () => this.user,
      whoAmI: async () => {
        browser.whoAmICalls += 1;
        return browser.session;
      },
      helloFrame: () => JSON.stringify({ type: 'hello', cursor }),
      onOpen: () => void this.opened++,
      onMessage: (data) => this.#onMessage(JSON.parse(data as string)),
      onDisconnect: (refused) => void this.disconnects.push(refused),
      onSessionChange: () => void this.sessionChanges++,
      ...over,
    });
  }

  #onMessage(frame: { type: string; user?: string; cursor?: string; notification_id?: string }): void {
    this.received.push(frame.type);
    if (frame.user !== undefined) this.user = frame.user;
    if (frame.type === 'welcome') this.connection.connection.onReply(this.cursor === null);
    if (frame.type === 'sync') this.connection.connection.onReply(true);
  }

  async start(): Promise<this> {
    this.connection.connection.start();
    await flushMicrotasks();
    return this;
  }
}

/** The server answers the first hello of the newest socket. */
export async function acceptNewest(user = browser.session): Promise<FakeWebSocket> {
  const socket = newest();
  socket.open();
  socket.receive(welcome({ user }));
  await flushMicrotasks();
  return socket;
}

/** The cursors that were said over a socket. */
export const helloCursors = (socket: FakeWebSocket) => socket.sent.map((text) => JSON.parse(text).cursor);
/** The sockets that are open. */
export const openSockets = () =>
  FakeWebSocket.all.filter(({ readyState }) => readyState === FakeWebSocket.OPEN);
