// Node's own HTTP clients. Not by `import`, which reads all that a module exports: `WebSocket` is among it, and with that
// comes a whole client of another kind, 13 MiB and 40 ms at every start, which nobody here uses.

const http = process.getBuiltinModule('node:http')
const https = process.getBuiltinModule('node:https')

export const HttpAgent = http.Agent
export const HttpsAgent = https.Agent
export const requestHttp = http.request
export const requestHttps = https.request
