import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import pg from 'pg'

/** An empty database for one test. */
export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

export function freshPostgresDatabase(url: string): Promise<FreshDatabase> {
  return fresh(
    url,
    (name) => `create database ${name} template template0 encoding 'UTF8'`,
    (name) => `drop database if exists ${name} with (force)`,
    runPostgres,
  )
}

export function freshMysqlDatabase(url: string): Promise<FreshDatabase> {
  return fresh(
    url,
    (name) => `create database ${name} character set utf8mb4`,
    (name) => `drop database if exists ${name}`,
    runMysql,
  )
}

/** A prefix of keys that nobody else uses. */
export function freshRedisPrefix(): string {
  return `${randomName()}:`
}

type Statement = (name: string) => string

async function fresh(url: string, create: Statement, drop: Statement, run: (url: string, sql: string) => Promise<void>): Promise<FreshDatabase> {
  const name = randomName()
  await run(url, create(name))
  const place = new URL(url)
  place.pathname = `/${name}`
  return { url: place.href, drop: () => run(url, drop(name)) }
}

async function runPostgres(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function runMysql(url: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(url)
  try {
    await connection.query(sql)
  } finally {
    await connection.end()
  }
}

function randomName(): string {
  return `t${randomBytes(6).toString('hex')}`
}
