/** True for the very same type only. */
export type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

/** An error unless its parameter is true. */
export type Expect<Type extends true> = Type
