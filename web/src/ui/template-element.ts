/**
 * A custom element that draws itself with a Lit template. LitElement would bring a property system that three
 * string attributes don't need, at an eighth of the whole component's budget.
 */
import { render, type TemplateResult } from 'lit/html.js';

/** Draws its template into an open shadow root, once for any number of requests in the same turn. */
export abstract class TemplateElement extends HTMLElement {
  readonly root: ShadowRoot;
  #drawing: Promise<void> | null = null;

  constructor(sheets: CSSStyleSheet[]) {
    super();
    this.root = this.attachShadow({ mode: 'open' });
    this.root.adoptedStyleSheets = sheets;
  }

  /** Asks to be drawn again; resolves when that has happened. */
  requestUpdate(): Promise<void> {
    this.#drawing ??= Promise.resolve().then(() => {
      this.#drawing = null;
      if (!this.isConnected) return;
      render(this.template(), this.root);
      this.drawn();
    });
    return this.#drawing;
  }

  /** What to draw. */
  protected abstract template(): TemplateResult;

  /** Called after each drawing. */
  protected abstract drawn(): void;

  /** The part of the shadow root that has the focus. */
  protected get focused(): Element | null {
    return this.root.activeElement;
  }
}
