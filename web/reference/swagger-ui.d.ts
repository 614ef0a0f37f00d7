// The little of Swagger UI that the reference uses; the library comes without types.
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the library hands to a component, it gets back
  export type Component = (props: any) => unknown;

  export interface System {
    React: { createElement(type: unknown, props?: object | null, ...children: unknown[]): unknown };
  }

  export interface Plugin {
    components?: Record<string, Component>;
    wrapComponents?: Record<string, (original: Component) => Component>;
  }

  export default function SwaggerUI(options: {
    domNode: HTMLElement;
    url: string;
    layout: string;
    deepLinking: boolean;
    syntaxHighlight: { theme: string };
    validatorUrl: string | null;
    plugins: ((system: System) => Plugin)[];
  }): void;
}
