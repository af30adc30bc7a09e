// A TCP proxy that fails on demand, to stand between millrace and any server: it holds bytes back, cuts connections,
// refuses new ones.

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../src/stack/free-port.ts'

export class FaultProxy implements AsyncDisposable {
  readonly port: number
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #target: number
  #delayMs = 0
  #gate = Promise.withResolvers<void>()

  constructor(port: number, target: number) {
    this.port = port
    this.#target = target
    this.#gate.resolve()
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sockets.size / 2
  }

  /** The same URL, through the proxy. */
  url(direct: string): string {
    const url = new URL(direct)
    return direct.replace(url.host, `127.0.0.1:${this.port}`)
  }

  /** Where new connections go from now on. */
  to(target: number): void {
    this.#target = target
  }

  /** Holds all bytes back, in both directions, without closing anything: as a dead network does. */
  pause(): void {
    this.#gate = Promise.withResolvers()
  }

  resume(): void {
    this.#gate.resolve()
  }

  /** Holds every piece back for so long. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  /** Resets all connections; new ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Resets all connections and refuses new ones. */
  async refuse(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    const closed = once(server, 'close')
    server.close()
    this.cut()
    await closed
  }

  async accept(): Promise<void> {
    if (this.#server !== null) return
    const server = createServer({ allowHalfOpen: true }, (client) => this.#relay(client))
    this.#server = server
    await once(server.listen(this.port, '127.0.0.1'), 'listening')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume()
    await this.refuse()
  }

  #relay(client: Socket): void {
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      const other = socket === client ? server : client
      socket.setNoDelay(true)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      // What went wrong on one side shows on the other as its connection being closed.
      socket.on('error', () => {})
    }
    void this.#pass(client, server)
    void this.#pass(server, client)
  }

  async #pass(from: Socket, to: Socket): Promise<void> {
    try {
      // The other direction may still have something to say when this one has ended.
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        await this.#gate.promise
        if (this.#delayMs > 0) await delay(this.#delayMs)
        if (!to.write(chunk)) await once(to, 'drain')
      }
      await this.#gate.promise
      to.end()
    } catch {
      to.destroy()
    }
  }
}

/** In front of the server at that port, or of none yet: see `to`. */
export async function openFaultProxy(target = 0): Promise<FaultProxy> {
  const proxy = new FaultProxy(await freePort(), target)
  await proxy.accept()
  return proxy
}
