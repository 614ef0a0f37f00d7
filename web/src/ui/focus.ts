/** Where focus goes when the notification that has it disappears. */

/** The id of the neighbour of a notification: the next one, else the one before, else the panel. */
export function focusAfter(root: ParentNode, id: string): string {
  const article = root.querySelector(`#a-${CSS.escape(id)}`);
  return (article?.nextElementSibling ?? article?.previousElementSibling)?.id ?? 'panel';
}
