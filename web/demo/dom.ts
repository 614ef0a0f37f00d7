/** The page's elements, found once and by type: a missing one is a mistake in index.html, told at once. */

/** The element with this id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} called ${id}`);
  return found;
}

/** Any element with this id. */
export function element(id: string): HTMLElement {
  return byId(id, HTMLElement);
}
