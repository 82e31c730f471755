/** How long that may take which waits for nobody who watches, in milliseconds. */
const PATIENCE = 60_000

/** Rejects where something has no end. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It was not over after ${PATIENCE / 1000} seconds.`)), PATIENCE)
  })
  try {
    return await Promise.race([work, end])
  } finally {
    clearTimeout(timer)
  }
}
