/** For what a process has open besides sockets. */
const OTHERS = 100

/** What to do where this machine lets a process open fewer sockets than that; undefined where it is enough. Node has raised the limit as far as it may. */
export function missingDescriptors(sockets: number): string | undefined {
  const { soft } = (process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }).userLimits?.open_files ?? {}
  return typeof soft === 'number' && soft < sockets + OTHERS
    ? `A process may open ${soft} files here, and ${sockets} sockets need ${sockets + OTHERS}: raise "ulimit -Hn".`
    : undefined
}
