import type { AddressInfo, Server } from 'node:net'
import { SettingsError } from './settings.ts'

interface Place {
  readonly host: string
  readonly port: number
  /** The environment variable that changes the port. */
  readonly variable: string
}

/** Starts to listen; the port, which is another one than asked for with port 0. */
export function listen(server: Server, { host, port, variable }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new SettingsError(`Port ${port} is taken. Set ${variable} to another one: ${variable}=${port + 1} npm start`))
      else if (error.code === 'EACCES') reject(new SettingsError(`Port ${port} is not for ordinary users. Set ${variable} to one above 1023.`))
      else reject(error)
    })
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port))
  })
}
