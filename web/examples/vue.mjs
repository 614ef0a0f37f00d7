import { createApp, h, ref } from 'vue';

// In a template: <belfry-inbox :theme="theme" title-badge @belfry-unread="unread = $event.detail.count" />,
// with isCustomElement: (tag) => tag === 'belfry-inbox' among the options of the compiler.
const App = {
  setup() {
    const unread = ref(0);
    const dark = ref(false);
    return () => [
      h('p', `${unread.value} unread`),
      h('button', { onClick: () => (dark.value = !dark.value) }, dark.value ? 'Light' : 'Dark'),
      h('belfry-inbox', {
        theme: dark.value ? 'dark' : 'light',
        'title-badge': '',
        messages: { heading: 'What is new' },
        'onBelfry-unread': ({ detail }) => (unread.value = detail.count),
        'onBelfry-click': (event) => event.preventDefault(),
      }),
    ];
  },
};

createApp(App).mount('#app');
