export const same = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((line, at) => line === other[at])
