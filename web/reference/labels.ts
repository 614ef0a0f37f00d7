/** Names for the controls that Swagger UI leaves without one, and no link inside a button. */
import type { Plugin, System } from 'swagger-ui-dist/swagger-ui-es-bundle.js';

export function labels({ React: { createElement: h } }: System): Plugin {
  const unseen = (text: string) => h('span', { className: 'unseen' }, text);
  return {
    wrapComponents: {
      CloseIcon: (Icon) => (props) => h('span', null, unseen('Close'), h(Icon, props)),
      DeepLink:
        () =>
        ({ text }) =>
          h('span', null, text),
      JsonSchemaForm: (Form) => (props) => h('label', null, unseen(props.description), h(Form, props)),
      responses: (Responses) => (props) => {
        const label = `Responses of ${props.method} ${props.path}`;
        const ref = (node: HTMLElement | null) =>
          node?.querySelector('table')?.setAttribute('aria-label', label);
        return h('div', { ref }, h(Responses, props));
      },
      TextArea: (TextArea) => (props) => h(TextArea, { 'aria-label': 'Request body', ...props }),
    },
  };
}
