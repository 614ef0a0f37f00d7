/** The bundle: importing it defines `<belfry-inbox>`. */
import { BelfryInbox } from './ui/element.js';

export { BelfryInbox };

// A page may load the script twice; defining an element twice throws.
if (!customElements.get('belfry-inbox')) customElements.define('belfry-inbox', BelfryInbox);

declare global {
  interface HTMLElementTagNameMap {
    'belfry-inbox': BelfryInbox;
  }
}
