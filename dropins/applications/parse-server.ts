import { createServer, type Server } from 'node:http'

// As much of a Parse Server as its dashboard asks for when it is opened.

const ALL = {
  addField: true,
  removeField: true,
  addClass: true,
  removeClass: true,
  clearAllDataFromClass: true,
  exportClass: true,
  editClassLevelPermissions: true,
}
const ANSWERS: { readonly [path: string]: object } = {
  '/parse/serverInfo': { parseServerVersion: '8.2.0', features: { schemas: ALL } },
  '/parse/schemas': { results: [{ className: 'Moult', fields: { objectId: { type: 'String' }, title: { type: 'String' } }, classLevelPermissions: {} }] },
}

export function fakeParseServer(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/\/$/, '')
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', '*')
    response.setHeader('Access-Control-Allow-Methods', '*')
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(ANSWERS[path] ?? { results: [], count: 0 }))
  })
}
