/** A socket that leads to another tab's: what is asked goes there, and what comes there comes here. */
import type { Connection } from './socket.js';

/** How a leading tab stands: connected, about to be, refused, or at rest as nobody looks. */
export type LineState = 'open' | 'wait' | 'down' | 'rest';

/** What tabs say to each other. */
export interface Message {
  readonly from: string;
  /** Who it is for, if not for all. */
  readonly to?: string;
  /** To the leader: whether someone looks at this tab, and what it asks the server, or how things stand. */
  readonly looked?: boolean;
  readonly ask?: string;
  /** From the leader. */
  readonly state?: LineState;
  readonly text?: string;
  /** The session has ended, as that tab was told. */
  readonly ended?: true;
}

/** How long a leading tab may take to say how it stands. */
const SILENCE_MS = 3_000;

/** One tab's way to the socket of the leading one. */
export class TabSocket implements Connection {
  readyState: number = WebSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly say: (words: Pick<Message, 'ask'>) => void,
    /** Nobody answers: the leading tab has crashed, or the browser has put it to sleep. */
    private readonly onSilence: () => void,
  ) {}

  /** Asks the leading tab how it stands. */
  knock(): void {
    this.#silence = setTimeout(this.onSilence, SILENCE_MS);
    this.say({});
  }

  /** Takes in what the leading tab says. */
  hear({ state, text }: Message): void {
    clearTimeout(this.#silence);
    if (text !== undefined) this.onmessage?.({ data: text });
    if (state === undefined) return;
    const open = this.readyState === WebSocket.OPEN;
    if (state === 'open' && !open) {
      this.readyState = WebSocket.OPEN;
      this.onopen?.();
    } else if (state === 'down' || (open && state !== 'open')) this.fail();
  }

  /** It can't be reached. */
  fail(): void {
    const { onclose } = this;
    this.close();
    onclose?.();
  }

  send(ask: string): void {
    this.say({ ask });
  }

  close(): void {
    clearTimeout(this.#silence);
    this.readyState = WebSocket.CLOSED;
  }
}
