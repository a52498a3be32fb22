import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import styleFile from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import scriptFile from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import type { AppVariables } from './environment.ts'

export const DOCS_PATH = '/docs'

/**
 * The page of the API. Script and style come from us: it works with no internet and tells nobody. (Scalar's page would
 * bring 268 packages and ask its maker's servers for fonts; this is one package.)
 */
export function addDocsPage(app: OpenAPIHono<AppVariables>): void {
  app.get(DOCS_PATH, (c) => c.html(PAGE))
  app.get('/docs/swagger-ui.css', () => asset(styleFile, 'text/css'))
  app.get('/docs/swagger-ui.js', () => asset(scriptFile, 'text/javascript'))
  app.get('/docs/start.js', () => asset(undefined, 'text/javascript'))
}

const PAGE = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>pgveil API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="page"></div>
    <script src="docs/swagger-ui.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>`

const START = "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#page', validatorUrl: null })"

/** The page sets styles of its own on its elements; scripts are ours alone. */
export const DOCS_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

function asset(file: string | undefined, type: string): Response {
  return new Response(file === undefined ? START : Bun.file(file), {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'max-age=3600' },
  })
}
