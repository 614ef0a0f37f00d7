/** The reference's one column of Swagger UI's parts, under headings that don't skip a level. */
import type { Plugin, System } from 'swagger-ui-dist/swagger-ui-es-bundle.js';

export function layout({ React: { createElement: h } }: System): Plugin {
  const head = (authorize: unknown) => {
    const user = [
      'What you try out here is sent as the user who is signed in on the ',
      h('a', { href: '/' }, 'demo page'),
    ];
    const hint = h('p', { className: 'hint' }, ...user, ', or with a token of your own.');
    return h('div', { className: 'head' }, h('div', null, h('h2', null, 'Operations'), hint), authorize);
  };
  return {
    components: {
      Reference: ({ getComponent, specSelectors }) => {
        const part = (name: string) => h(getComponent(name, true));
        const status = specSelectors.loadingStatus();
        if (status !== 'success') {
          const words = status === 'failed' ? 'The description of this API cannot be loaded.' : 'Loading';
          return h('p', { role: 'status' }, words);
        }
        const parts = [
          part('SvgAssets'),
          part('errors'),
          part('InfoContainer'),
          head(part('AuthorizeBtnContainer')),
          part('operations'),
          part('Models'),
        ];
        return h('div', { className: 'swagger-ui' }, ...parts);
      },
    },
  };
}
