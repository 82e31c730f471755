export interface Item {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly cents: number
}

/** What the shop sells. */
export const ITEMS: readonly Item[] = [
  { id: 'lens', name: 'Hand lens', about: 'Ten times life size, folds into its brass case.', cents: 2400 },
  { id: 'net', name: 'Butterfly net', about: 'Ash handle, fine mesh, gentle on wings.', cents: 3150 },
  { id: 'notebook', name: 'Field notebook', about: 'Ninety-six waterproof pages, dotted.', cents: 1290 },
  { id: 'jar', name: 'Observation jar', about: 'Look closely, then let it go again.', cents: 890 },
  { id: 'lamp', name: 'Moth lamp', about: 'Warm light for long summer evenings.', cents: 4600 },
  { id: 'seeds', name: 'Meadow seeds', about: 'Twenty wild flowers that insects love.', cents: 650 },
]

export const findItem = (id: string): Item | undefined => ITEMS.find((item) => item.id === id)

export const MOST_IN_CART = 20

export const priceOf = (cents: number): string => `€${(cents / 100).toFixed(2)}`
