/** The API reference: what this server says of itself, rendered by Swagger UI. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { element } from '../demo/dom.js';
import { labels } from './labels.js';
import { layout } from './layout.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

function followScheme(): void {
  document.documentElement.classList.toggle('dark-mode', dark.matches);
}

followScheme();
dark.addEventListener('change', followScheme);

// The library scrolls where a link within the page leads, and leaves the focus behind.
document.querySelector('.skip')?.addEventListener('click', () => element('main').focus());

SwaggerUI({
  domNode: element('reference'),
  url: '/api/schema/',
  layout: 'Reference',
  deepLinking: true,
  // The default's numbers have too little contrast.
  syntaxHighlight: { theme: 'obsidian' },
  // By default the library's makers are asked whether the document is valid.
  validatorUrl: null,
  plugins: [layout, labels],
});
