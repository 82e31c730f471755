import { startMariaDb } from '@instar/engines'
import { mysqlStore } from 'instar/stores/mysql'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { COLUMNS, noBatches, type OpenSubject, TABLE, timed, valuesOf } from './subject.ts'
import { installed } from './versions.ts'

const SETTINGS = { 'innodb-buffer-pool-size': '1G', 'innodb-log-file-size': '512M', 'max-allowed-packet': '64M' }

export const onMysql: OpenSubject = async (now) => {
  const engine = await startMariaDb({ settings: SETTINGS })
  const pool = mysql.createPool({ uri: engine.url, connectionLimit: 10 })
  const batches = noBatches()
  const store = mysqlStore({ execute: (sql, values) => timed(batches, sql, () => pool.execute(sql, values)) }, { now })
  await store.migrate()
  return {
    versions: `MariaDB ${engine.version.replace('-MariaDB', '')}, ${installed('mysql2')}`,
    setup: `a commit is answered before it is on disk; ${Object.entries(SETTINGS)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
    store,
    fill: (rows) => pool.query(`INSERT INTO ${TABLE} (${COLUMNS}) VALUES ?`, [rows.map(valuesOf)]),
    settle: () => pool.query(`ANALYZE TABLE ${TABLE}`),
    async bytes() {
      const sizes = 'SELECT data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?'
      const [rows] = await pool.execute<RowDataPacket[]>(sizes, [TABLE])
      return Number(rows[0]?.['bytes'])
    },
    baseline: () => pool.execute('SELECT 1'),
    batches,
    async close() {
      await pool.end()
      await engine.stop()
    },
  }
}
