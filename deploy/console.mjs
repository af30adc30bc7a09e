// Bundles the console's page: `node deploy/console.mjs [FOLDER]`, into src/console/page when none is named. Plain JavaScript
// for whatever Node the machine has.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const source = fileURLToPath(new URL('../src/console/', import.meta.url))
export const PAGE = join(source, 'page')

export async function buildConsole(folder) {
  await rm(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [join(source, 'main.tsx')],
    outdir: folder,
    entryNames: 'console/[name]-[hash]',
    chunkNames: 'console/[name]-[hash]',
    assetNames: 'console/[name]-[hash]',
    absWorkingDir: source,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  const outputs = Object.entries(metafile.outputs).map(([path, { entryPoint }]) => ({
    path: relative(folder, join(source, path)),
    isEntry: entryPoint !== undefined && basename(entryPoint) === 'main.tsx',
  }))
  const script = outputs.find(({ path, isEntry }) => isEntry && path.endsWith('.js'))
  const styles = outputs.filter(({ path }) => path.endsWith('.css'))
  const parts = [
    ...styles.map(({ path }) => `<link rel="stylesheet" href="/${path}">`),
    `<script type="module" src="/${script.path}"></script>`,
  ]
  const index = await readFile(join(source, 'index.html'), 'utf8')
  await writeFile(join(folder, 'index.html'), index.replace('<!-- parts -->', parts.join('\n    ')))
  for (const path of ['index.html', ...outputs.map((output) => output.path)]) await pack(join(folder, path))
}

async function pack(path) {
  const body = await readFile(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  await writeFile(`${path}.br`, brotliCompressSync(body, { params }))
  await writeFile(`${path}.gz`, gzipSync(body, { level: constants.Z_BEST_COMPRESSION }))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildConsole(resolve(process.argv[2] ?? PAGE))
