// The description of the API, for people and for tools that make clients of it.

import type { Routes } from './control-server.ts'

export interface DocsOptions {
  /** The document, once all routes are known. */
  readonly describe: () => object
}

export function docsRoutes({ describe }: DocsOptions): Routes {
  return (app) => {
    app.get('/docs', {
      config: { role: null, about: 'This API as an OpenAPI document.' },
      handler: () => describe(),
    })
  }
}
